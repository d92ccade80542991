import { existsSync } from 'node:fs';
import { readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';

import { DatabaseError } from '../database-error.ts';

/** The account that PostgreSQL runs under when this process is root, which PostgreSQL refuses to be. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** How to start a program of PostgreSQL on this system. */
export interface RunAs {
  /** Undefined: as this process itself. */
  readonly account: Account | undefined;
  /** What to spawn so that `command` runs under the account. */
  wrap(command: string, args: readonly string[]): WrappedCommand;
}

export interface WrappedCommand {
  readonly file: string;
  readonly args: string[];
  readonly ids: { uid?: number; gid?: number };
}

/**
 * Decides under which account PostgreSQL runs, so that it reaches `folders` (its programs and its data).
 *
 * @throws {DatabaseError} when this process is root and no other account can reach them.
 */
export async function chooseRunAs(folders: readonly string[]): Promise<RunAs> {
  const account = process.getuid?.() === 0 ? await findAccount() : undefined;
  if (!account)
    return { account: undefined, wrap: (command, args) => ({ file: command, args: [...args], ids: {} }) };
  const closed = await findClosedFolder(folders, account);
  if (closed === undefined) {
    const ids = { uid: account.uid, gid: account.gid };
    return { account, wrap: (command, args) => ({ file: command, args: [...args], ids }) };
  }
  // Such as /root or a fresh temporary folder. Rather than open a folder of the user's to everyone, give this
  // one process the right to walk through it.
  const setpriv = ['/usr/bin/setpriv', '/bin/setpriv'].find((file) => existsSync(file));
  const capability = await findSearchCapability();
  if (!setpriv || !capability)
    throw new DatabaseError(
      `PostgreSQL does not run as root, so it runs as ${account.name}, who may not enter ${closed}. ` +
        `Run freehold as an ordinary user, use a folder that ${account.name} may enter, or run: chmod o+x ${closed}`,
    );
  const prefix = [
    `--reuid=${account.uid}`,
    `--regid=${account.gid}`,
    '--clear-groups',
    `--inh-caps=-all,+${capability}`,
    `--ambient-caps=-all,+${capability}`,
    '--',
  ];
  return {
    account,
    wrap: (command, args) => ({ file: setpriv, args: [...prefix, command, ...args], ids: {} }),
  };
}

async function findAccount(): Promise<Account> {
  const accounts = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  for (const wanted of ['postgres', 'nobody']) {
    const [name, , uid, gid] = accounts.find(([name]) => name === wanted) ?? [];
    if (name !== undefined && Number(uid) > 0 && Number(gid) > 0)
      return { name, uid: Number(uid), gid: Number(gid) };
  }
  throw new DatabaseError(
    'PostgreSQL does not run as root, and this system has neither a user "postgres" nor "nobody". ' +
      'Run freehold as an ordinary user.',
  );
}

/** The first folder on the way to one of `folders` that the account may not enter. */
async function findClosedFolder(folders: readonly string[], account: Account): Promise<string | undefined> {
  for (const folder of folders) {
    const parts = (await realpath(folder)).split(path.sep);
    for (let length = 1; length <= parts.length; length += 1) {
      const step = parts.slice(0, length).join(path.sep) || path.sep;
      const { uid, gid, mode } = await stat(step);
      const right = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
      if ((mode & right) === 0) return step;
    }
  }
  return undefined;
}

/** capabilities(7): the bit that lets a process walk through closed folders, as far as this process has one. */
async function findSearchCapability(): Promise<string | undefined> {
  const status = await readFile('/proc/self/status', 'utf8').catch(() => '');
  const mask = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`);
  if ((mask >> 2n) & 1n) return 'dac_read_search';
  // Docker's default set has only the wider one.
  return (mask >> 1n) & 1n ? 'dac_override' : undefined;
}
