import type { Node } from 'libpg-query';
import { z } from 'zod';

import type { RelationName } from './find-relation.ts';
import { textOf } from './sql-names.ts';

/** What an expression or a query names. */
export interface NamedInSql {
  /** Last parts of column names; `*` for all columns of what is selected from. */
  readonly columns: ReadonlySet<string>;
  readonly relations: readonly RelationName[];
  readonly functions: ReadonlySet<string>;
}

const fieldsShape = z.looseObject({ fields: z.array(z.custom<Node>()) });
const relationShape = z.looseObject({ relname: z.string(), schemaname: z.string().optional() });
const queryShape = z.looseObject({ ctename: z.string() });
const functionShape = z.looseObject({ funcname: z.array(z.custom<Node>()) });

/** Collects names from any part of a parsed statement. */
export function listNamed(value: unknown): NamedInSql {
  const named = {
    columns: new Set<string>(),
    relations: [] as RelationName[],
    functions: new Set<string>(),
    hidden: new Set<string>(),
  };
  collect(value, named);
  const isHidden = ({ schemaname, relname = '' }: RelationName) =>
    schemaname === undefined && named.hidden.has(relname);
  return { ...named, relations: named.relations.filter((relation) => !isHidden(relation)) };
}

interface Collected {
  readonly columns: Set<string>;
  readonly relations: RelationName[];
  readonly functions: Set<string>;
  /** The queries of a WITH, which hide tables of their names. */
  readonly hidden: Set<string>;
}

function collect(value: unknown, named: Collected): void {
  if (Array.isArray(value)) for (const item of value) collect(item, named);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
  for (const [key, inner] of Object.entries(value) as [string, unknown][]) {
    if (key === 'ColumnRef') {
      const last = fieldsShape.safeParse(inner).data?.fields.at(-1);
      if (last !== undefined) named.columns.add('A_Star' in last ? '*' : textOf(last));
    }
    const relation = key === 'RangeVar' ? relationShape.safeParse(inner).data : undefined;
    if (relation !== undefined) named.relations.push(relation);
    const query = key === 'CommonTableExpr' ? queryShape.safeParse(inner).data?.ctename : undefined;
    if (query !== undefined) named.hidden.add(query);
    const names = key === 'FuncCall' ? functionShape.safeParse(inner).data?.funcname : undefined;
    if (names !== undefined) named.functions.add(names.map(textOf).at(-1) ?? '');
    collect(inner, named);
  }
}

/** NULL as it stands, or cast to a type: a default of it is none. */
export function isNull(expression: Node | undefined): boolean {
  if (expression === undefined) return false;
  if ('TypeCast' in expression) return isNull(expression.TypeCast.arg);
  return 'A_Const' in expression && expression.A_Const.isnull === true;
}
