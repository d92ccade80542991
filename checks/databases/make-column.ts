import type { ColumnDef, Constraint } from 'libpg-query';

import type { ColumnFacts, DatabaseFacts } from './database-facts.ts';
import { isNull, listNamed } from './named-in-sql.ts';
import { printType } from './sql-names.ts';

const serialTypes: ReadonlyMap<string, string> = new Map([
  ['serial', 'int4'],
  ['serial4', 'int4'],
  ['smallserial', 'int2'],
  ['serial2', 'int2'],
  ['bigserial', 'int8'],
  ['serial8', 'int8'],
]);

/** The constraints that stand with a column. */
export function listConstraints({ constraints = [] }: ColumnDef): Constraint[] {
  return constraints.flatMap((node) => ('Constraint' in node ? [node.Constraint] : []));
}

/** The same, written as the table would say them: what numbers its rows is NOT NULL without saying so. */
export function listOwnConstraints(definition: ColumnDef): Constraint[] {
  const keys = [{ String: { sval: definition.colname ?? '' } }];
  const constraints = listConstraints(definition);
  const isNumbered =
    serialTypes.has(printType(definition.typeName)) ||
    constraints.some(({ contype }) => contype === 'CONSTR_IDENTITY');
  const isSaid = constraints.some(({ contype }) => contype === 'CONSTR_NOTNULL');
  const implied = isNumbered && !isSaid ? [{ contype: 'CONSTR_NOTNULL' as const }] : [];
  return [...constraints, ...implied].map((constraint) => ({ ...constraint, keys }));
}

/** A column as CREATE TABLE and ADD COLUMN make it, without what its constraints make of the table. */
export function makeColumn(definition: ColumnDef, { domains }: DatabaseFacts): ColumnFacts {
  const constraints = listConstraints(definition);
  const find = (kind: string) => constraints.find(({ contype }) => contype === kind);
  const written = printType(definition.typeName);
  const serial = serialTypes.get(written);
  const domain = domains.get(written);
  const [given, computed] = [find('CONSTR_DEFAULT'), find('CONSTR_GENERATED')];
  const isNumbered = serial !== undefined || find('CONSTR_IDENTITY') !== undefined;
  const hasDefault =
    isNumbered ||
    computed !== undefined ||
    (given === undefined ? domain?.hasDefault === true : !isNull(given.raw_expr));
  return {
    name: definition.colname ?? '',
    type: serial ?? written,
    isNullable: domain?.isRequired !== true,
    hasDefault,
    wasAddedFilled: hasDefault,
    ...(find('CONSTR_IDENTITY') === undefined ? {} : { isIdentity: true }),
    ...(computed === undefined ? {} : { computedFrom: [...listNamed(computed.raw_expr).columns] }),
  };
}
