import type { Migration } from '../databases/migration.ts';
import type { Finding } from '../finding.ts';

/** What may not happen to migrations that databases have run: to be edited, removed or overtaken. */
export function judgeHistory(
  service: string,
  base: readonly Migration[],
  head: readonly Migration[],
): Finding[] {
  const now = new Map(head.map((migration) => [migration.name, migration]));
  const known = new Set(base.map(({ name }) => name));
  const last = base.at(-1)?.name ?? '';
  const shared = { judgement: 'migrations', hits: [] } as const;
  return [
    ...base.flatMap((migration): Finding[] => {
      const after = now.get(migration.name);
      const subject = `${service}/${migration.name}`;
      if (after === undefined)
        return [
          {
            ...shared,
            rule: 'migration-removed',
            severity: 'breaking',
            subject,
            what: `Migration ${migration.name} of ${service} is removed.`,
            baseLocation: { file: migration.file, line: 1 },
            why: 'Databases that have run it refuse to go on with a history that does not hold it.',
            next: ['Restore it, and undo what it did in a new migration.'],
          },
        ];
      if (toUnixLines(after.text) === toUnixLines(migration.text)) return [];
      return [
        {
          ...shared,
          rule: 'migration-edited',
          severity: 'breaking',
          subject,
          what: `Migration ${migration.name} of ${service} is edited.`,
          location: { file: after.file, line: firstDifference(migration.text, after.text) },
          why: 'Databases that have run it keep its checksum and refuse another text; they would not run the change anyway.',
          next: ['Restore it, and write the change as a new migration.'],
        },
      ];
    }),
    ...head
      .filter(({ name }) => !known.has(name) && name < last)
      .map(({ name, file }): Finding => ({
        ...shared,
        rule: 'migration-out-of-order',
        severity: 'warning',
        subject: `${service}/${name}`,
        what: `New migration ${name} of ${service} sorts before ${last}, which databases may have run.`,
        location: { file, line: 1 },
        why: 'An old database runs the two in another order than a new one.',
        next: ['Give the folder a name with a later time.'],
      })),
  ];
}

/** A checkout may change line ends; what applies migrations takes both for the same. */
function toUnixLines(text: string): string {
  return text.replaceAll('\r\n', '\n');
}

function firstDifference(before: string, after: string): number {
  const old = toUnixLines(before).split('\n');
  const at = toUnixLines(after)
    .split('\n')
    .findIndex((line, index) => line !== old[index]);
  return at < 0 ? 1 : at + 1;
}
