/** What is known of a database from its migrations alone: nothing is connected to. */
export interface DatabaseFacts {
  readonly tables: Map<string, TableFacts>;
  /** Values of PostgreSQL's enum types, by the type's name. */
  readonly enums: Map<string, string[]>;
  readonly views: Map<string, ViewFacts>;
  /** PostgreSQL's domains, by name. */
  readonly domains: Map<string, DomainFacts>;
  /** Of PostgreSQL: the schemas in which a name without one is looked for, as the session has set them. */
  searchPath: readonly string[];
  /** Of PostgreSQL: the schemas that are known to be there. */
  readonly schemas: Set<string>;
  /** Names of PostgreSQL's functions and procedures. */
  readonly functions: Set<string>;
}

/** A view of PostgreSQL, materialized or not. */
export interface ViewFacts {
  readonly schema: string;
  /** In order; undefined where the query does not tell them. */
  readonly columns: readonly string[] | undefined;
  /** What its query names. */
  readonly reads: { readonly relations: Set<string>; readonly columns: Set<string> };
}

/** A domain of PostgreSQL, which gives its columns more than a type. */
export interface DomainFacts {
  readonly isRequired: boolean;
  readonly hasDefault: boolean;
  readonly isChecked: boolean;
}

/** A table, or a MongoDB collection. */
export interface TableFacts {
  /** What it goes by here: its own name, with the schema before it where a table of another schema has that name. */
  name: string;
  ownName: string;
  /** Of PostgreSQL: the schema that it was made in, or moved to. */
  schema?: string;
  /** Of PostgreSQL: whether only the rows are seen that a policy lets through. */
  hasRowSecurity?: boolean;
  /** Of PostgreSQL: names of the policies. */
  readonly policies?: Set<string>;
  /** Of PostgreSQL: the checks that a column has a value, by name. */
  readonly notNullChecks: Map<string, { readonly column: string; readonly isValid: boolean }>;
  /** Of PostgreSQL: the table that it is a part of. */
  partitionOf?: string | undefined;
  /** Of PostgreSQL: the table that it inherits columns from. */
  inheritsFrom?: string | undefined;
  /** Whether it was made in a way that does not tell its columns. */
  readonly isUnclear?: true;
  /** Columns; of a collection the top-level properties of its validator. */
  readonly columns: Map<string, ColumnFacts>;
  readonly indexes: Map<string, IndexFacts>;
  /** Of a collection: its validator as it stands in the file. */
  validator?: unknown;
  /** Of a collection: what its validator says beside the top-level properties, as JSON with sorted keys. */
  rules?: string;
  /** Of a collection: whether documents that the validator does not allow are refused. */
  validation?: Validation;
}

/** How a collection uses its validator; MongoDB's defaults are strict and error. */
export interface Validation {
  readonly level: string;
  readonly action: string;
}

export interface ColumnFacts {
  readonly name: string;
  /** As PostgreSQL prints it, such as `varchar(20)` or `text[]`; of MongoDB the `bsonType`. */
  readonly type: string;
  readonly isNullable: boolean;
  readonly hasDefault: boolean;
  /** Of PostgreSQL: whether it was added with a default, which the rows that were there got too. */
  readonly wasAddedFilled?: boolean;
  /** Of PostgreSQL: the name of its NOT NULL, by which that may be dropped. */
  readonly notNullName?: string;
  readonly isIdentity?: boolean;
  /** Of PostgreSQL: the columns that a generated one is computed from. */
  readonly computedFrom?: readonly string[];
  /** Of a collection: all that the validator says of the property, as JSON with sorted keys. */
  readonly rules?: string;
}

export interface IndexFacts {
  readonly name: string;
  /** Columns in order; of a collection the paths. An expression is an empty text. */
  readonly columns: readonly string[];
  readonly isUnique: boolean;
  /** True for an index that holds only some rows, or expressions: it cannot answer every search on its columns. */
  readonly isPartial: boolean;
  readonly isPrimary: boolean;
  /** Of PostgreSQL: whether a constraint made it. */
  readonly isConstraint?: true;
  /** Of PostgreSQL: columns beside the keys, in expressions, the condition and INCLUDE: it goes with any of them. */
  readonly alsoReads?: readonly string[];
  /** Of PostgreSQL: what a name of its own is made of. */
  readonly nameParts?: readonly string[];
  /** Of PostgreSQL: the index of the whole table that it is a part of. */
  readonly parent?: string;
  /** Of MongoDB: whether no search uses it, though it is kept and still refuses what is not unique. */
  readonly isHidden?: boolean;
  /** Of MongoDB: the index as createIndexes takes it. */
  readonly specification?: Readonly<Record<string, unknown>>;
}

export function createDatabaseFacts(): DatabaseFacts {
  return {
    tables: new Map(),
    enums: new Map(),
    views: new Map(),
    domains: new Map(),
    searchPath: ['public'],
    schemas: new Set(['public']),
    functions: new Set(),
  };
}

export function createTable(name: string, schema = 'public', ownName = name): TableFacts {
  return {
    name,
    ownName,
    schema,
    columns: new Map(),
    indexes: new Map(),
    policies: new Set(),
    notNullChecks: new Map(),
  };
}

/** The top-level property of a path: MongoDB indexes `price.amount` to search by price. */
export function topOf(path: string): string {
  return path.split('.')[0] ?? path;
}

/** The table as a search sees it that has to find every row: without the indexes that hold only some. */
export function withWholeIndexes(table: TableFacts): TableFacts {
  return { ...table, indexes: new Map([...table.indexes].filter(([, { isPartial }]) => !isPartial)) };
}

/** Whether the columns are, in any order, the whole of a primary key or unique index. */
export function hasUniqueIndex(table: TableFacts, columns: readonly string[]): boolean {
  return [...table.indexes.values()].some(
    (index) =>
      index.isUnique &&
      !index.isPartial &&
      index.columns.length === columns.length &&
      columns.every((column) => index.columns.some((indexed) => topOf(indexed) === column)),
  );
}

/** Whether an index can find rows by the column: as its first one, or behind the column of the enclosing object. */
export function hasIndexOn(table: TableFacts, column: string, mayFollowParent: boolean): boolean {
  return [...table.indexes.values()].some((index) => {
    if (index.isHidden === true) return false;
    const at = index.columns.findIndex((indexed) => topOf(indexed) === column);
    return at === 0 || (at > 0 && mayFollowParent);
  });
}
