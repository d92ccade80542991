import { usageShape } from '../../gateway/usage/usage-file.ts';
import { CheckError } from '../check-error.ts';
import type { ClientUsage } from '../finding.ts';
import { printProblems } from '../project/print-problems.ts';
import { parseJson } from '../project/snapshot.ts';

/** The usage file, checked. */
export interface Usage {
  readonly file: string;
  /** How many days the file covers. */
  readonly days: number;
  readonly operations: ReadonlyMap<string, readonly ClientUsage[]>;
  readonly coordinates: ReadonlyMap<string, readonly ClientUsage[]>;
}

/** Checks the text of a usage file; @throws {CheckError} listing all problems. */
export function parseUsage(text: string, file: string): Usage {
  const parsed = usageShape.safeParse(parseJson(text, file));
  if (!parsed.success)
    throw new CheckError(
      `${file} is no usage file (checks/schemas/usage.schema.json):\n${printProblems(parsed.error.issues)}`,
    );
  const { from, to, operations, coordinates } = parsed.data;
  const days = (Date.parse(to) - Date.parse(from)) / 86_400_000;
  if (days < 0) throw new CheckError(`${file}: "to" (${to}) is before "from" (${from}).`);
  return {
    file,
    days,
    operations: new Map(Object.entries(operations)),
    coordinates: addTypes(new Map(Object.entries(coordinates))),
  };
}

/** Who uses a field uses its type, also where whoever wrote the file counted fields alone. */
function addTypes(
  coordinates: ReadonlyMap<string, readonly ClientUsage[]>,
): Map<string, readonly ClientUsage[]> {
  const all = new Map(coordinates);
  for (const [coordinate, clients] of coordinates) {
    const [type = '', field] = coordinate.split('.');
    if (field === undefined || coordinates.has(type)) continue;
    const known = all.get(type) ?? [];
    const names = new Set(known.map(({ name }) => name));
    all.set(type, [...known, ...clients.filter(({ name }) => !names.has(name))]);
  }
  return all;
}

/** Adds up what several gateways saw. What nobody used is proved for the days that the shortest of them covers. */
export function mergeUsage(usages: readonly Usage[]): Usage | undefined {
  const [first, ...others] = usages;
  if (first === undefined || others.length === 0) return first;
  return {
    file: usages.map(({ file }) => file).join(', '),
    days: Math.min(...usages.map(({ days }) => days)),
    operations: mergeRecords(usages.map(({ operations }) => operations)),
    coordinates: mergeRecords(usages.map(({ coordinates }) => coordinates)),
  };
}

function mergeRecords(
  all: readonly ReadonlyMap<string, readonly ClientUsage[]>[],
): Map<string, readonly ClientUsage[]> {
  const merged = new Map<string, Map<string, ClientUsage>>();
  for (const [key, clients] of all.flatMap((records) => [...records])) {
    const known = merged.get(key) ?? new Map<string, ClientUsage>();
    merged.set(key, known);
    for (const client of clients) known.set(client.name, addUsage(known.get(client.name), client));
  }
  return new Map([...merged].map(([key, clients]) => [key, [...clients.values()]]));
}

function addUsage(a: ClientUsage | undefined, b: ClientUsage): ClientUsage {
  if (a === undefined) return b;
  const calls = (a.calls ?? 0) + (b.calls ?? 0);
  const lastSeen = [a.lastSeen, b.lastSeen]
    .filter((time) => time !== undefined)
    .sort(compareTimes)
    .at(-1);
  return { name: a.name, calls, ...(lastSeen === undefined ? {} : { lastSeen }) };
}

function compareTimes(a: string, b: string): number {
  return Date.parse(a) - Date.parse(b);
}
