import type { AlterTableCmd } from 'libpg-query';

import { contract, expand, type JudgedStatement } from './hazard.ts';
import { unclear } from './unjudged.ts';

type Judged = Omit<JudgedStatement, 'line'>;

// They change how PostgreSQL stores, plans or checks, and nothing that a version reads or writes.
const harmless = new Set([
  'AT_AlterConstraint',
  'AT_ClusterOn',
  'AT_DisableRowSecurity',
  'AT_DropCluster',
  'AT_ForceRowSecurity',
  'AT_NoForceRowSecurity',
  'AT_ReplicaIdentity',
  'AT_ResetOptions',
  'AT_ResetRelOptions',
  'AT_SetCompression',
  'AT_SetOptions',
  'AT_SetRelOptions',
  'AT_SetStatistics',
  'AT_SetStorage',
  'AT_ValidateConstraint',
]);

const rewriting = new Set([
  'AT_SetAccessMethod',
  'AT_SetExpression',
  'AT_SetLogged',
  'AT_SetTableSpace',
  'AT_SetUnLogged',
]);

/** Judges ALTER of what is no table: of an index, a sequence, a view or a composite type. */
export function judgeAlterObject(kind: string, name: string, commands: readonly AlterTableCmd[]): Judged {
  const noun = kind.replace('OBJECT_', '').replace('MATVIEW', 'MATERIALIZED VIEW').replace('_', ' ');
  const summary = `alter ${noun.toLowerCase()} ${name}`;
  if (commands.every(({ subtype = '' }) => harmless.has(subtype))) return expand(summary);
  return contract(
    summary,
    unclear(
      name,
      `What ALTER ${noun} does to ${name} is not judged.`,
      'The check reads ALTER of tables alone.',
    ),
  );
}

/** Judges the parts of an ALTER TABLE that have no judgement of their own. */
export function judgeOtherPart(table: string, subtype: string): Judged {
  const part = subtype
    .replace('AT_', '')
    .replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ')
    .toUpperCase()
    .replace('UN LOGGED', 'UNLOGGED')
    .replace('TABLE SPACE', 'TABLESPACE')
    .replace('CHANGE OWNER', 'OWNER TO')
    .replace(/TRIG\b/, 'TRIGGER');
  const summary = `alter ${table}`;
  if (harmless.has(subtype)) return expand(summary);
  if (rewriting.has(subtype))
    return expand(summary, {
      rule: 'rows-rewritten',
      severity: 'warning',
      table,
      what: `${part} rewrites table ${table}.`,
      why: 'It is done under an exclusive lock: nobody reads or writes the table until that ends.',
      next: ['Run it when nobody needs the table, or see that it is small.'],
    });
  return contract(
    summary,
    unclear(
      table,
      `What ${part} does to table ${table} is not judged.`,
      'The check does not read this part of ALTER TABLE.',
    ),
  );
}
