import type { MongoCommand } from '../databases/mongo-migration.ts';
import { contract, expand, type Hazard, type HazardContext, type JudgedStatement } from './hazard.ts';
import { findNarrowings } from './validators/find-narrowings.ts';
import { asSchema, type Narrowing } from './validators/narrowing.ts';

/** Judges a command that gives a collection another validator. */
export function judgeCollMod(
  target: string,
  body: MongoCommand['body'],
  context: HazardContext,
): Omit<JudgedStatement, 'line'> {
  const table = context.now.tables.get(target);
  const summary = `change the validator of ${target}`;
  if (table === undefined || body['validator'] === undefined || !context.deployed.tables.has(target))
    return expand(summary);
  const [before, after] = [table.validator, body['validator']].map((validator) =>
    asSchema(asSchema(validator)['$jsonSchema']),
  );
  const places = new Map<string, Narrowing[]>();
  for (const narrowing of findNarrowings(before ?? {}, after ?? {}, context.isNamedInCode))
    places.set(narrowing.path, [...(places.get(narrowing.path) ?? []), narrowing]);
  const hazards = [...places].map(([path, narrowings]) => narrow(target, path, narrowings));
  // What may as well be a widening stays before the deployment: a version that needs it fails without it.
  return hazards.some(({ severity }) => severity === 'breaking')
    ? contract(summary, ...hazards)
    : expand(summary, ...hazards);
}

/** One finding for a place: an accepted break names rule and place, and no sentence. */
function narrow(table: string, path: string, narrowings: readonly Narrowing[]): Hazard {
  const isCertain = narrowings.some((narrowing) => narrowing.isCertain);
  const column = /^[^.[]+/.exec(path)?.[0];
  return {
    rule: 'validator-narrowed',
    severity: isCertain ? 'breaking' : 'warning',
    table,
    ...(path === '' ? {} : { part: path }),
    what: `${[table, path].filter((part) => part !== '').join('.')} ${narrowings.map(({ what }) => what).join(', and ')}.`,
    ...(isCertain ? certainly : perhaps),
    requires: { table, ...(column === undefined || column === '*' ? {} : { column }) },
  };
}

const certainly = {
  why: 'The version now deployed does not write documents so: MongoDB refuses its inserts and updates.',
  next: [
    'Deploy a version that writes documents as the new validator wants them, and mend the old documents.',
    'Narrow the validator in a later change, when no older version runs any more.',
  ],
};

const perhaps = {
  why: 'The two validators do not tell whether that refuses what the version now deployed writes; where it does, MongoDB refuses its inserts and updates.',
  next: [
    'Compare what the version now deployed writes with the new validator.',
    'Where the validator refuses it, narrow it in a later change, when no older version runs any more.',
  ],
};
