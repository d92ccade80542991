import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

import type { Breach } from './report.ts';

/** Packages that open a database. */
const clientPattern = /^(pg|mongodb|@prisma\/.*|.*\/prisma\/.*\/client\/.*)$/;

/**
 * Reads the source for what crosses services: an import of another service's files, prisma folder or client, the name
 * of another's database variable, and a database client in the gateway.
 */
export async function checkSource(root: string, services: readonly string[]): Promise<Breach[]> {
  const breaches: Breach[] = [];
  for (const service of services) {
    for (const folder of [path.join('subgraphs', service), path.join('prisma', service)]) {
      for (const file of await listSources(root, folder)) {
        const text = await readFile(path.join(root, file), 'utf8');
        breaches.push(...checkServiceFile(file, text, service, services));
      }
    }
  }
  for (const file of await listSources(root, 'gateway')) {
    const text = await readFile(path.join(root, file), 'utf8');
    for (const target of listImports(text)) {
      if (clientPattern.test(target)) {
        breaches.push({ name: 'FOREIGN_CLIENT', where: file, what: `the gateway imports ${target}` });
      }
    }
  }
  return breaches;
}

function checkServiceFile(
  file: string,
  text: string,
  service: string,
  services: readonly string[],
): Breach[] {
  const breaches: Breach[] = [];
  for (const target of listImports(text)) {
    if (!target.startsWith('.')) continue;
    const [top, owner] = path.normalize(path.join(path.dirname(file), target)).split(path.sep);
    if ((top === 'subgraphs' || top === 'prisma') && owner !== service && services.includes(owner ?? '')) {
      breaches.push({ name: 'FOREIGN_IMPORT', where: file, what: `imports ${target} of ${owner}` });
    }
  }
  for (const other of services) {
    if (other === service) continue;
    const variable = `${other.toUpperCase().replaceAll('-', '_')}_DATABASE_`;
    if (new RegExp(`\\b${variable}(OWNER_)?URL`).test(text)) {
      breaches.push({ name: 'FOREIGN_VARIABLE', where: file, what: `names a database URL of ${other}` });
    }
  }
  return breaches;
}

/** What a file imports: static, exported from, dynamic and required. */
function listImports(text: string): string[] {
  return [...text.matchAll(/\b(?:from|import|import\s*\(|require\s*\()\s*(['"`])([^'"`\n]+)\1/g)].map(
    ([, , target = '']) => target,
  );
}

async function listSources(root: string, folder: string): Promise<string[]> {
  const entries = await readdir(path.join(root, folder), { withFileTypes: true }).catch(() => []);
  const lists = await Promise.all(
    entries.map(async (entry) => {
      const file = path.join(folder, entry.name);
      // Clients are generated from the service's own schema.
      if (entry.isDirectory()) return entry.name === 'client' ? [] : listSources(root, file);
      return /\.[cm]?tsx?$/.test(entry.name) && !entry.name.endsWith('.test.ts') ? [file] : [];
    }),
  );
  return lists.flat();
}
