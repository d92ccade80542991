import type { Client } from 'pg';

/** What PostgreSQL's own catalog tells of the schemas that migrations can change. */
export interface Catalog {
  readonly tables: readonly CatalogTable[];
  readonly enums: Readonly<Record<string, readonly string[]>>;
  readonly views: readonly { readonly schema: string; readonly name: string; readonly columns: string[] }[];
}

export interface CatalogTable {
  readonly schema: string;
  readonly name: string;
  /** Changes when the table is written anew. */
  readonly file: number;
  readonly isPartitioned: boolean;
  readonly columns: readonly CatalogColumn[];
  readonly indexes: readonly CatalogIndex[];
  readonly constraints: readonly string[];
}

export interface CatalogColumn {
  readonly name: string;
  readonly type: string;
  readonly isNullable: boolean;
  readonly hasDefault: boolean;
  /** `a` where PostgreSQL refuses an own value: GENERATED ALWAYS AS IDENTITY, and every computed column. */
  readonly generated: string;
  readonly baseType: string;
}

export interface CatalogIndex {
  readonly name: string;
  /** Keys in order; an expression is an empty text. */
  readonly columns: readonly string[];
  readonly isUnique: boolean;
  readonly isPartial: boolean;
  readonly isPrimary: boolean;
}

const userSchemas = `n.nspname NOT LIKE 'pg\\_%' AND n.nspname NOT IN ('information_schema', 'extensions')`;

// A default of NULL is none, and what a domain says counts for its columns.
const query = `
SELECT json_build_object(
  'tables', (SELECT coalesce(json_agg(json_build_object(
    'schema', n.nspname, 'name', c.relname, 'file', c.relfilenode::int8, 'isPartitioned', c.relkind = 'p',
    'columns', (SELECT coalesce(json_agg(json_build_object(
        'name', a.attname, 'type', format_type(a.atttypid, a.atttypmod), 'isNullable', NOT (a.attnotnull OR t.typnotnull),
        'hasDefault', a.attidentity <> '' OR coalesce(pg_get_expr(f.adbin, f.adrelid), t.typdefault, 'NULL') NOT LIKE 'NULL%',
        'generated', CASE WHEN a.attgenerated <> '' THEN 'a' ELSE a.attidentity END,
        'baseType', CASE t.typtype WHEN 'e' THEN 'enum' ELSE format_type(coalesce(nullif(t.typbasetype, 0), a.atttypid), NULL) END
      ) ORDER BY a.attnum), '[]')
      FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
        LEFT JOIN pg_attrdef f ON f.adrelid = a.attrelid AND f.adnum = a.attnum
      WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
    'indexes', (SELECT coalesce(json_agg(json_build_object(
        'name', i.relname, 'isUnique', x.indisunique, 'isPrimary', x.indisprimary,
        'isPartial', x.indpred IS NOT NULL OR x.indexprs IS NOT NULL,
        'columns', (SELECT coalesce(json_agg(coalesce(a.attname, '') ORDER BY k.at), '[]')
          FROM unnest(x.indkey[0:x.indnkeyatts - 1]) WITH ORDINALITY AS k(num, at)
          LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.num AND k.num > 0)
      )), '[]')
      FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
      WHERE x.indrelid = c.oid AND NOT x.indisexclusion),
    'constraints', (SELECT coalesce(json_agg(k.conname), '[]') FROM pg_constraint k WHERE k.conrelid = c.oid)
    )), '[]')
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND ${userSchemas}),
  'enums', (SELECT coalesce(json_object_agg(t.typname, (
      SELECT json_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid)), '{}')
    FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE t.typtype = 'e' AND ${userSchemas}),
  'views', (SELECT coalesce(json_agg(json_build_object('schema', n.nspname, 'name', c.relname,
      'columns', (SELECT coalesce(json_agg(a.attname ORDER BY a.attnum), '[]') FROM pg_attribute a
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped))), '[]')
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('v', 'm') AND ${userSchemas})
) AS catalog`;

export async function readCatalog(client: Client): Promise<Catalog> {
  const { rows } = await client.query<{ catalog: Catalog }>(query);
  const [first] = rows;
  if (first === undefined) throw new Error('The catalog is empty');
  return first.catalog;
}
