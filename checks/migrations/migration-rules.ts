import type { RuleInfo } from '../rule-info.ts';

function migrationRule(id: string, severity: RuleInfo['severity'], reason: string): RuleInfo {
  return { id, judgement: 'migrations', severity, reason };
}

/** What the check reports of migrations. */
export const migrationRules: readonly RuleInfo[] = [
  migrationRule('table-dropped', 'breaking', 'The version now deployed reads the table; its data is lost.'),
  migrationRule('table-renamed', 'breaking', 'The version now deployed reads the table under its old name.'),
  migrationRule('column-dropped', 'breaking', 'The version now deployed reads the column; its data is lost.'),
  migrationRule(
    'column-renamed',
    'breaking',
    'The version now deployed reads the column under its old name.',
  ),
  migrationRule(
    'column-type-changed',
    'breaking',
    'The table is rewritten under an exclusive lock, and the version now deployed expects the old type.',
  ),
  migrationRule(
    'required-column-added',
    'breaking',
    'It fails on a table with rows, and the version now deployed inserts rows without the column.',
  ),
  migrationRule(
    'not-null-added',
    'breaking',
    'The whole table is read under an exclusive lock, and rows without a value are refused, which the version now deployed may write.',
  ),
  migrationRule(
    'column-generated-always',
    'breaking',
    'PostgreSQL refuses an INSERT with a value for such a column, which the version now deployed may send.',
  ),
  migrationRule('enum-value-renamed', 'breaking', 'The version now deployed reads and writes the old value.'),
  migrationRule(
    'enum-value-unknown',
    'notice',
    'Prisma reads no value that its schema lacks, so the version now deployed fails on rows that have the new one.',
  ),
  migrationRule(
    'index-blocks-writes',
    'warning',
    'CREATE INDEX stops every write to the table until it is built.',
  ),
  migrationRule(
    'unique-added',
    'warning',
    'It fails on duplicates, and stops writes while it looks for them.',
  ),
  migrationRule('index-dropped', 'warning', 'Searches that used the index read the whole table.'),
  migrationRule(
    'constraint-reads-table',
    'warning',
    'Every row is checked under a lock, unless the constraint is NOT VALID at first.',
  ),
  migrationRule(
    'constraint-refuses-writes',
    'warning',
    'A constraint that is NOT VALID spares old rows, and refuses what the version now deployed may write.',
  ),
  {
    ...migrationRule(
      'concurrently-not-alone',
      'breaking',
      'CONCURRENTLY, VACUUM and the like are refused in a transaction, and several statements in a file are one.',
    ),
    isFinal: true,
  },
  migrationRule(
    'rows-rewritten',
    'warning',
    'One statement that changes every row locks them all until it ends.',
  ),
  migrationRule('rows-deleted', 'warning', 'What a migration deletes is gone.'),
  migrationRule(
    'phases-mixed',
    'warning',
    'What has to run before the deployment and what after it cannot be one file.',
  ),
  migrationRule('view-dropped', 'breaking', 'The version now deployed selects from the view.'),
  migrationRule('view-changed', 'breaking', 'The version now deployed selects what the view no longer has.'),
  migrationRule(
    'statement-refused',
    'breaking',
    'A statement that PostgreSQL refuses fails the migration, and everything after it waits.',
  ),
  migrationRule(
    'rows-hidden',
    'breaking',
    "With row level security the service's role reads and writes only what a policy lets through.",
  ),
  migrationRule(
    'rights-revoked',
    'breaking',
    'The service reads and writes with the rights of its role, and the version now deployed needs them.',
  ),
  migrationRule(
    'migration-edited',
    'breaking',
    'Databases that have run it refuse a migration with another checksum.',
  ),
  migrationRule(
    'migration-removed',
    'breaking',
    'Databases that have run it know a migration that is not there.',
  ),
  migrationRule(
    'migration-out-of-order',
    'warning',
    'It sorts before migrations that databases have run already.',
  ),
  {
    ...migrationRule(
      'migration-unreadable',
      'breaking',
      'What the parser refuses, the database refuses too.',
    ),
    isFinal: true,
  },
  migrationRule(
    'code-not-judged',
    'warning',
    'What a statement does that no file tells, such as the code of a DO block, is known only where it runs.',
  ),
  migrationRule(
    'schema-out-of-step',
    'breaking',
    'The service reads what its schema declares; the database has what the migrations made.',
  ),
  migrationRule(
    'validator-narrowed',
    'breaking',
    'The version now deployed writes documents that the new validator refuses.',
  ),
  migrationRule(
    'property-removed',
    'breaking',
    'The version now deployed reads the property that is removed.',
  ),
];
