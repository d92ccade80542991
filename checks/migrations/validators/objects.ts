import {
  asSchema,
  certain,
  isFree,
  uncertain,
  type Compare,
  type Narrowing,
  type NarrowingRule,
  type Schema,
  type SchemaPair,
} from './narrowing.ts';
import { mayBothBe } from './types.ts';
import { matchesPattern } from './values.ts';

/** What a schema says of a property: that it may not be there, or its schema, and whether that is all. */
type PropertyRule = 'refused' | { readonly schema: Schema; readonly isAll: boolean };

/** Judges `required`, `properties` and `additionalProperties`. */
export const narrowObjects: NarrowingRule = (pair, compare) => {
  if (!mayBothBe(pair, ['object'])) return [];
  const { before, after, path } = pair;
  const names = new Set([before, after].flatMap(({ properties }) => Object.keys(asSchema(properties))));
  const required = listRequired(after).filter((name) => !listRequired(before).includes(name));
  return [
    ...required.map((name) => certain(below(path, name), 'has to be there from now on')),
    ...[...names].flatMap((name) => narrowProperty(pair, name, compare)),
    ...narrowOthers(pair, compare),
  ];
};

function narrowProperty(pair: SchemaPair, name: string, compare: Compare): Narrowing[] {
  const [before, after] = [findRule(pair.before, name), findRule(pair.after, name)];
  const path = below(pair.path, name);
  if (before === 'refused') return [];
  if (after === 'refused') return [certain(path, 'is no longer allowed')];
  const found = compare({ ...pair, before: before.schema, after: after.schema, path });
  if (!before.isAll || !after.isAll) return found.map((narrowing) => ({ ...narrowing, isCertain: false }));
  const named = Object.keys(asSchema(pair.before['properties']));
  if (found.length === 0 || named.length === 0 || named.includes(name) || !isFree(before.schema))
    return found;
  // The object was described without it: the deployed version most likely does not know it, unless its code says so.
  return pair.isNamedInCode(name)
    ? [uncertain(path, 'is described for the first time, and named in the deployed code')]
    : [];
}

/** Judges the properties that neither side names. */
function narrowOthers(pair: SchemaPair, compare: Compare): Narrowing[] {
  const { additionalProperties: before = true } = pair.before;
  const { additionalProperties: after = true } = pair.after;
  if (before === false || after === true) return [];
  if (after === false)
    return [certain(pair.path, 'may no longer have properties that the validator does not name')];
  const path = below(pair.path, '*');
  return compare({ ...pair, before: asSchema(before), after: asSchema(after), path });
}

function findRule(schema: Schema, name: string): PropertyRule {
  const properties = asSchema(schema['properties']);
  if (Object.hasOwn(properties, name)) return { schema: asSchema(properties[name]), isAll: true };
  // Patterns of names are read as JavaScript does, and one of several is looked at.
  const patterns = Object.entries(asSchema(schema['patternProperties']));
  const matching = patterns.find(([pattern]) => matchesPattern(name, pattern));
  if (matching !== undefined) return { schema: asSchema(matching[1]), isAll: false };
  const { additionalProperties } = schema;
  return additionalProperties === false ? 'refused' : { schema: asSchema(additionalProperties), isAll: true };
}

function listRequired({ required }: Schema): string[] {
  const names: unknown[] = Array.isArray(required) ? required : [];
  return names.filter((name) => typeof name === 'string');
}

function below(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}
