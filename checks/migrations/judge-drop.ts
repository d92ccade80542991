import { contract, isDeployed, type HazardContext, type JudgedStatement } from './hazard.ts';
import { dropIndexHazard } from './judge-constraint.ts';

type Judged = Omit<JudgedStatement, 'line'>;

/** Judges what DROP takes away. */
export function judgeDrop(kind: string, name: string, context: HazardContext): Judged {
  if (kind === 'OBJECT_TABLE') {
    if (!isDeployed(name, context)) return contract(`drop table ${name}`);
    return contract(`drop table ${name}`, {
      rule: 'table-dropped',
      severity: 'warning',
      table: name,
      what: `Table ${name} is dropped.`,
      why: 'Its data is lost.',
      next: [
        'Deploy a version that no longer reads or writes the table.',
        'Drop the table in a later change, when no older version runs any more and a backup is kept.',
      ],
      takesAway: { table: name },
    });
  }
  if (kind !== 'OBJECT_INDEX') return contract(`drop ${name}`);
  for (const table of context.now.tables.values()) {
    const index = table.indexes.get(name);
    if (index !== undefined && isDeployed(table.name, context))
      return contract(`drop index ${name}`, dropIndexHazard(table.name, name, index.columns, index.isUnique));
  }
  return contract(`drop index ${name}`);
}
