import type { DatabaseFacts, TableFacts } from '../../../checks/databases/database-facts.ts';
import { temporarySchema } from '../../../checks/databases/find-relation.ts';
import { unknownType } from '../../../checks/databases/selected-columns.ts';
import type { Catalog, CatalogColumn, CatalogTable } from './read-catalog.ts';

/** The first thing in which the check's model is not what the database is; undefined where they agree. */
export function findDifference(facts: DatabaseFacts, catalog: Catalog): string | undefined {
  const made = new Map(catalog.tables.map((table) => [printName(table), table]));
  for (const table of facts.tables.values()) {
    if (table.schema === temporarySchema) continue;
    const real = made.get(printName({ schema: table.schema ?? 'public', name: table.ownName }));
    if (real === undefined) return `table ${table.schema}.${table.name} is in the model alone`;
    made.delete(printName(real));
    const difference = table.isUnclear === true ? undefined : findTableDifference(table, real);
    if (difference !== undefined) return difference;
  }
  for (const name of made.keys()) return `table ${name} is in the database alone`;
  return findEnumDifference(facts, catalog) ?? findViewDifference(facts, catalog);
}

function printName({ schema, name }: { readonly schema: string; readonly name: string }): string {
  return `${schema}.${name}`;
}

function findTableDifference(table: TableFacts, real: CatalogTable): string | undefined {
  const name = printName(real);
  const columns = new Map(table.columns);
  for (const column of real.columns) {
    const modelled = columns.get(column.name);
    if (modelled === undefined) return `column ${name}.${column.name} is in the database alone`;
    columns.delete(column.name);
    const type = modelled.type === unknownType ? unknownType : modelled.type;
    const left = `${type}, ${modelled.isNullable ? 'nullable' : 'required'}, ${modelled.hasDefault ? '' : 'no '}default`;
    const right = `${type === unknownType ? unknownType : spellType(column)}, ${column.isNullable ? 'nullable' : 'required'}, ${column.hasDefault ? '' : 'no '}default`;
    if (left !== right) return `column ${name}.${column.name} is modelled as ${left}; it is ${right}`;
  }
  for (const column of columns.keys()) return `column ${name}.${column} is in the model alone`;
  const print = (index: {
    name: string;
    columns: readonly string[];
    isUnique: boolean;
    isPartial: boolean;
    isPrimary: boolean;
  }) =>
    `${index.name}${index.isPrimary ? ' primary' : index.isUnique ? ' unique' : ''}${index.isPartial ? ' partial' : ''} (${index.columns.join(', ')})`;
  const left = [...table.indexes.values()].map(print).sort();
  const right = real.indexes.map(print).sort();
  return left.join('; ') === right.join('; ')
    ? undefined
    : `indexes of ${name} are modelled as [${left.join('; ')}]; they are [${right.join('; ')}]`;
}

const spellings: readonly (readonly [RegExp, string])[] = [
  [/^(?:[A-Za-z_]\w*|"[^"]+")\.(?=.)/, ''],
  [/^"(.*)"(?=$|\[)/, '$1'],
  [/^character varying/, 'varchar'],
  [/^character\b/, 'bpchar'],
  [/^timestamp(\(\d\))? without time zone/, 'timestamp$1'],
  [/^timestamp(\(\d\))? with time zone/, 'timestamptz$1'],
  [/^time(\(\d\))? without time zone/, 'time$1'],
  [/^time(\(\d\))? with time zone/, 'timetz$1'],
  [/^smallint/, 'int2'],
  [/^integer/, 'int4'],
  [/^bigint/, 'int8'],
  [/^real/, 'float4'],
  [/^double precision/, 'float8'],
  [/^boolean/, 'bool'],
  [/^bit varying/, 'varbit'],
];

/** A type as the model spells it: by the names of the catalog, without its schema. */
function spellType({ type }: CatalogColumn): string {
  return spellings.reduce((text, [pattern, plain]) => text.replace(pattern, plain), type);
}

function findEnumDifference({ enums }: DatabaseFacts, catalog: Catalog): string | undefined {
  const names = new Set([...enums.keys(), ...Object.keys(catalog.enums)]);
  for (const name of names) {
    const [left, right] = [enums.get(name)?.join(', '), catalog.enums[name]?.join(', ')];
    if (left !== right) return `enum ${name} is modelled as ${left}; it is ${right}`;
  }
  return undefined;
}

function findViewDifference({ views }: DatabaseFacts, catalog: Catalog): string | undefined {
  const real = new Map(catalog.views.map((view) => [view.name, view.columns.join(', ')]));
  for (const name of new Set([...views.keys(), ...real.keys()])) {
    const isThere = views.has(name);
    const columns = views.get(name)?.columns?.join(', ');
    if (isThere !== real.has(name)) return `view ${name} is in the ${isThere ? 'model' : 'database'} alone`;
    if (columns !== undefined && columns !== real.get(name))
      return `view ${name} is modelled with ${columns}; it has ${real.get(name)}`;
  }
  return undefined;
}
