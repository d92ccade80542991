import type { ColumnFacts, DatabaseFacts, IndexFacts, TableFacts } from '../databases/database-facts.ts';
import { readExpectedTables } from '../databases/expected-tables.ts';
import { unknownType } from '../databases/selected-columns.ts';
import { parseCollections } from '../databases/mongo-migration.ts';
import type { ServiceDatabase } from '../databases/service-database.ts';
import type { Finding, Severity } from '../finding.ts';
import { findAnswered, printAnswered, type ReaderContext } from './find-readers.ts';

const readsWhatItDeclares =
  'The service reads what it declares: its queries fail where the database is another.';

const checksByMigrations =
  'The database checks documents as the migrations say: what only the declaration allows is refused, and what only the declaration forbids is written.';

/** Compares what a service declares with what its migrations make. */
export async function judgeStep(context: ReaderContext): Promise<Finding[]> {
  const { database } = context;
  const { declaration, kind, service } = database;
  if (declaration === undefined) return [];
  const expected =
    kind === 'postgres'
      ? await readExpectedTables(declaration.text, declaration.file)
      : parseCollections(declaration.text);
  if (expected === undefined)
    return [
      describe(database, service, 'breaking', `${declaration.file} cannot be read`, readsWhatItDeclares, [
        'Write it as { "collections": { "<name>": { "validator": { ... }, "indexes": [ ... ] } } }.',
      ]),
    ];
  return [...compareTables(context, expected), ...compareEnums(database, expected)];
}

function compareTables(context: ReaderContext, expected: DatabaseFacts): Finding[] {
  const { database } = context;
  const findings: Finding[] = [];
  const answered: ReaderContext = { ...context, database: { ...database, facts: expected } };
  for (const table of expected.tables.values()) {
    const actual = database.facts.tables.get(table.name);
    if (actual === undefined) {
      const what = `${nounOf(database)} ${table.name} is declared, but no migration makes it`;
      findings.push(nameFields(missing(database, table.name, what), answered, table.name));
    } else
      findings.push(
        ...compareColumns(context, answered, table, actual),
        ...compareRules(answered, table, actual),
        ...compareIndexes(database, table, actual),
      );
  }
  for (const { name } of database.facts.tables.values())
    if (!expected.tables.has(name)) {
      const what = `${nounOf(database)} ${name} is made by migrations, but not declared`;
      findings.push(nameFields(surplus(database, name, what), context, name));
    }
  return findings;
}

/** `made` finds the GraphQL fields of what the migrations made, `declared` those of what is declared. */
function compareColumns(
  made: ReaderContext,
  declared: ReaderContext,
  expected: TableFacts,
  actual: TableFacts,
): Finding[] {
  const { database } = made;
  // That nobody can tell its columns was said where it is made.
  if (actual.isUnclear === true) return [];
  const findings: Finding[] = [];
  for (const column of expected.columns.values()) {
    const name = `${expected.name}.${column.name}`;
    const what = describeDifference(name, column, actual.columns.get(column.name));
    if (what !== undefined)
      findings.push(nameFields(missing(database, name, what), declared, expected.name, column.name));
    else if (column.rules !== actual.columns.get(column.name)?.rules) {
      const finding = otherRules(database, name, `The validator of ${name}`);
      findings.push(nameFields(finding, declared, expected.name, column.name));
    }
  }
  for (const column of actual.columns.values())
    if (!expected.columns.has(column.name)) {
      const name = `${expected.name}.${column.name}`;
      const finding = surplus(database, name, `${name} is made by migrations, but not declared`);
      findings.push(nameFields(finding, made, expected.name, column.name));
    }
  return findings;
}

function describeDifference(
  name: string,
  column: ColumnFacts,
  made: ColumnFacts | undefined,
): string | undefined {
  if (made === undefined) return `${name} is declared, but no migration makes it`;
  if (made.type === unknownType || describeColumn(column) === describeColumn(made)) return undefined;
  return `${name} is declared as ${describeColumn(column)}, but migrations make it ${describeColumn(made)}`;
}

function compareRules(declared: ReaderContext, expected: TableFacts, actual: TableFacts): Finding[] {
  const { name } = expected;
  const findings: Finding[] = [];
  if (expected.rules !== actual.rules)
    findings.push(
      nameFields(otherRules(declared.database, name, `The validator of ${name}`), declared, name),
    );
  if (printValidation(expected) !== printValidation(actual))
    findings.push(
      nameFields(
        otherRules(
          declared.database,
          name,
          `What becomes of documents that the validator of ${name} does not allow`,
        ),
        declared,
        name,
      ),
    );
  return findings;
}

function printValidation({ validation }: TableFacts): string {
  return `${validation?.level ?? 'strict'} ${validation?.action ?? 'error'}`;
}

function otherRules(database: ServiceDatabase, subject: string, noun: string): Finding {
  const what = `${noun} is declared otherwise than the migrations make it`;
  return { ...missing(database, subject, what), why: checksByMigrations };
}

/** Says which GraphQL fields are answered from there, and whom that hits. */
function nameFields(finding: Finding, context: ReaderContext, table: string, column?: string): Finding {
  const { fields, hits } = findAnswered(context, table, column);
  return { ...finding, why: `${finding.why}${printAnswered(fields)}`, hits };
}

function describeColumn({ type, isNullable }: ColumnFacts): string {
  // SERIAL is INTEGER with a default, and which of the two a migration says makes no difference to a reader.
  const plain = type
    .replace(/^(big|small)?serial\d?$/, (name) =>
      name.startsWith('big') ? 'int8' : name.startsWith('small') ? 'int2' : 'int4',
    )
    .replace(/^numeric\(65,30\)$/, 'numeric');
  return `${plain}${isNullable ? ', nullable' : ', required'}`;
}

function compareIndexes(database: ServiceDatabase, expected: TableFacts, actual: TableFacts): Finding[] {
  const key = (index: IndexFacts) =>
    `${index.isUnique ? 'unique ' : ''}(${index.columns.join(', ')})${printOptions(index)}`;
  const made = new Set([...actual.indexes.values()].map(key));
  const declared = new Set([...expected.indexes.values()].map(key));
  const lacking = [...expected.indexes.values()].filter((index) => !made.has(key(index)));
  // Prisma cannot declare partial and expression indexes, so that they are not declared says nothing.
  const unknown = [...actual.indexes.values()].filter(
    (index) => (!index.isPartial || index.specification !== undefined) && !declared.has(key(index)),
  );
  return [
    ...lacking.map((index) => {
      const name = `${expected.name} ${key(index)}`;
      const what = `Index ${name} is declared, but no migration makes it`;
      const [severity, why] = index.isUnique
        ? (['breaking', readsWhatItDeclares] as const)
        : ([
            'warning',
            'The queries that it was declared for read the whole table until it is there.',
          ] as const);
      return describe(database, name, severity, what, why, [
        `Make a migration for it: "npx freehold migrate new ${database.service} NAME".`,
      ]);
    }),
    ...unknown.map((index) => {
      const name = `${expected.name} ${key(index)}`;
      return surplus(database, name, `Index ${name} is made by migrations, but not declared`);
    }),
  ];
}

/** The options of a MongoDB index beside unique, which is told before. */
function printOptions({ specification = {} }: IndexFacts): string {
  const options = Object.entries(specification).filter(
    ([name, value]) => !['key', 'name', 'unique'].includes(name) && value !== false,
  );
  return options.length === 0
    ? ''
    : ` with ${options
        .map(([name, value]) => `${name} ${JSON.stringify(value)}`)
        .sort()
        .join(', ')}`;
}

function compareEnums(database: ServiceDatabase, expected: DatabaseFacts): Finding[] {
  return [...expected.enums].flatMap(([name, values]) => {
    const made = database.facts.enums.get(name) ?? [];
    const lacking = values.filter((value) => !made.includes(value));
    return lacking.length === 0
      ? []
      : [
          missing(
            database,
            name,
            `Enum ${name} is declared with ${lacking.join(', ')}, but no migration adds that`,
          ),
        ];
  });
}

function nounOf(database: ServiceDatabase): string {
  return database.kind === 'postgres' ? 'Table' : 'Collection';
}

function missing(database: ServiceDatabase, subject: string, what: string): Finding {
  return describe(database, subject, 'breaking', what, readsWhatItDeclares, [
    `Make the migration: "npx freehold migrate new ${database.service} NAME" writes what is missing.`,
  ]);
}

function surplus(database: ServiceDatabase, subject: string, what: string): Finding {
  const why = 'The next migration that is written from the declaration would undo it.';
  return describe(database, subject, 'warning', what, why, [
    `Declare it in ${database.declaration?.file ?? 'the declaration'}, or drop it in a migration when nothing reads it.`,
  ]);
}

function describe(
  database: ServiceDatabase,
  subject: string,
  severity: Severity,
  what: string,
  why: string,
  next: readonly string[],
): Finding {
  const { declaration, service } = database;
  return {
    rule: 'schema-out-of-step',
    judgement: 'migrations',
    severity,
    subject: `${service}/${subject}`,
    what: `${service}: ${what}.`,
    ...(declaration === undefined ? {} : { location: locate(database, subject) }),
    why,
    hits: [],
    next,
  };
}

function locate(database: ServiceDatabase, subject: string): { file: string; line: number } {
  const [table = '', column] = subject.split(/[. ]/);
  const model = database.models.find((candidate) => candidate.table === table);
  const field = model?.fields.find((candidate) => candidate.column === column);
  return field?.location ?? model?.location ?? { file: database.declaration?.file ?? '', line: 1 };
}
