import type { TableFacts } from '../databases/database-facts.ts';
import { printSorted } from '../databases/mongo-index.ts';
import { contract, expand, type Hazard, type HazardContext, type JudgedStatement } from './hazard.ts';
import { findNarrowings } from './validators/find-narrowings.ts';
import { unclear } from './unjudged.ts';
import { asSchema, type Narrowing } from './validators/narrowing.ts';

/** Judges the validator that a command gives to a collection which has one, or none, already. */
export function judgeValidator(
  target: string,
  validator: unknown,
  table: TableFacts,
  context: HazardContext,
): Omit<JudgedStatement, 'line'> {
  const [before, after] = [table.validator, validator].map((one) => asSchema(asSchema(one)['$jsonSchema']));
  const places = new Map<string, Narrowing[]>();
  for (const narrowing of findNarrowings(before ?? {}, after ?? {}, context.isNamedInCode))
    places.set(narrowing.path, [...(places.get(narrowing.path) ?? []), narrowing]);
  const hazards = [
    ...[...places].map(([path, narrowings]) => narrow(target, path, narrowings)),
    ...(printConditions(validator) === printConditions(table.validator) ? [] : [conditions(target)]),
  ];
  const summary = `change the validator of ${target}`;
  // What may as well be a widening stays before the deployment: a version that needs it fails without it.
  return hazards.some(({ severity }) => severity === 'breaking')
    ? contract(summary, ...hazards)
    : expand(summary, ...hazards);
}

/** What a validator says beside its JSON schema: a query, which documents have to fit. */
function printConditions(validator: unknown): string {
  const { $jsonSchema: _schema, ...others } = asSchema(validator);
  return printSorted(others);
}

function conditions(target: string): Hazard {
  return unclear(
    target,
    `What the validator of ${target} says beside $jsonSchema is changed, and not judged.`,
    'It is a query that every document has to fit: where the version now deployed writes another one, MongoDB refuses it.',
  );
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
