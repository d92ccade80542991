import type { ServiceDatabase } from '../databases/service-database.ts';
import type { Finding } from '../finding.ts';
import type { Snapshot } from '../project/snapshot.ts';

const fileNames = { postgres: 'migration.sql', mongo: 'migration.json' };

/**
 * New folders of migrations that the migrator refuses: without a time in the name, which gives their order, or without the
 * file that it runs. It then runs none of the service's migrations.
 */
export function judgeFolders(
  { base, head }: { readonly base: Snapshot; readonly head: Snapshot },
  { service, kind }: ServiceDatabase,
): Finding[] {
  const known = listFolders(base, service);
  return [...listFolders(head, service)]
    .filter(([name]) => !known.has(name))
    .flatMap(([name, files]): Finding[] => {
      const [first = ''] = files;
      const wanted = `prisma/${service}/migrations/${name}/${fileNames[kind]}`;
      const what = !/^\d{14}_./.test(name)
        ? `Migration ${name} of ${service} has a name that tells no time; expected one such as 20260131120000_add_email.`
        : files.includes(wanted)
          ? undefined
          : `Migration ${name} of ${service} has no ${fileNames[kind]}.`;
      if (what === undefined) return [];
      return [
        {
          rule: 'migration-unreadable',
          judgement: 'migrations',
          severity: 'breaking',
          subject: `${service}/${name}`,
          what,
          location: { file: first, line: 1 },
          why: `The migrator refuses the folder, and runs no migration of ${service}.`,
          hits: [],
          next: ['Mend the folder, or take it away.'],
        },
      ];
    });
}

/** The files of each folder of migrations, as far as the check reads them. */
function listFolders({ files }: Snapshot, service: string): Map<string, string[]> {
  const prefix = `prisma/${service}/migrations/`;
  const folders = new Map<string, string[]>();
  for (const file of files.keys()) {
    const [name = '', ...rest] = file.startsWith(prefix) ? file.slice(prefix.length).split('/') : [];
    if (rest.length > 0) folders.set(name, [...(folders.get(name) ?? []), file]);
  }
  return folders;
}
