import { readFileSync, readdirSync } from 'node:fs';

/** A process as the system lists it. */
interface ListedProcess {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
  /** Its own time and that of its children that have ended, in milliseconds. */
  readonly cpuMs: number;
}

/** By the system's clock tick of 10 ms. */
function readProcess(pid: number): ListedProcess | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in brackets and may hold spaces.
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [, parent = 0] = fields;
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    return { pid, parent, command, cpuMs: fields.slice(11, 15).reduce((sum, ticks) => sum + ticks * 10, 0) };
  } catch {
    // It ended between the listing and the reading.
    return undefined;
  }
}

function listProcesses(): ListedProcess[] {
  return readdirSync('/proc').flatMap((name) =>
    /^\d+$/.test(name) ? (readProcess(Number(name)) ?? []) : [],
  );
}

/** CPU time of the processes that came of these, and of these themselves: that of databases, and that of all others. */
export function readTreeCpu(roots: readonly number[]): {
  readonly databaseMs: number;
  readonly otherMs: number;
} {
  const all = listProcesses();
  const sums = { databaseMs: 0, otherMs: 0 };
  // One root may stand below another.
  const counted = new Set<number>();
  const add = ({ pid, command, cpuMs }: ListedProcess, isBelowDatabase: boolean): void => {
    if (counted.has(pid)) return;
    counted.add(pid);
    const isDatabase = isBelowDatabase || isDatabaseCommand(command);
    sums[isDatabase ? 'databaseMs' : 'otherMs'] += cpuMs;
    for (const child of all) if (child.parent === pid) add(child, isDatabase);
  };
  for (const root of all) if (roots.includes(root.pid)) add(root, false);
  return sums;
}

function isDatabaseCommand(command: string): boolean {
  return /\bpostgres\b.* -D |\bmongod\b|\bmongo-server\b|run-mongo-server/.test(command);
}
