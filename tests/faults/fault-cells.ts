import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { listTree } from '../support/process-tree.ts';
import type { FaultProxy, ProxyMode } from './fault-proxy.ts';
import type { ServiceUnderFault, ShopUnderFault } from './shop-under-fault.ts';
import { makeBitErrors, makeWrongAnswers } from './spoil-answers.ts';

/** What can be the matter with a service or a database. */
export const faultKinds = ['kill', 'stall', 'refuse', 'slow', 'wrong answers'] as const;
export type FaultKind = (typeof faultKinds)[number];

/** One cell of the matrix. */
export interface FaultCell {
  readonly service: string;
  readonly part: 'service' | 'database';
  readonly kind: FaultKind;
}

/** A fault that has begun. */
export interface ActiveFault {
  /** Takes it away; resolves at the moment in which the part is back. */
  end(): Promise<void>;
}

/** How long a slow part holds everything back in each direction, in milliseconds. */
const slowMs = { service: 200, database: 50 } as const;

/** A part that was killed is started again by the supervisor; it has this long, in milliseconds. */
const restartMs = 30_000;

/** Every cell that all words fit: a service, "service" or "database", or a kind ("wrong" for wrong answers). */
export function listCells(services: readonly string[], words: readonly string[]): FaultCell[] {
  const cells = (['service', 'database'] as const).flatMap((part) =>
    services.flatMap((service) => faultKinds.map((kind) => ({ service, part, kind }))),
  );
  return cells.filter(({ service, part, kind }) =>
    words.every((word) => word === service || word === part || kind.startsWith(word)),
  );
}

/** The cell as its row in the table is called. */
export function nameCell({ service, part, kind }: FaultCell): string {
  return part === 'service' ? `${service}: ${kind}` : `${service}'s database: ${kind}`;
}

/** Begins the fault of a cell. */
export async function beginFault(shop: ShopUnderFault, cell: FaultCell): Promise<ActiveFault> {
  const target = shop.services.find(({ name }) => name === cell.service);
  if (target === undefined) throw new Error(`There is no service ${cell.service}.`);
  if (cell.kind === 'kill')
    return cell.part === 'service' ? killService(target) : await killDatabase(shop, target);
  if (cell.kind === 'stall' && cell.part === 'service') return stopProcess(target);
  const proxy = cell.part === 'service' ? target.serviceProxy : target.databaseProxy;
  return await disturb(proxy, modeOf(cell.kind, cell.part));
}

function modeOf(kind: Exclude<FaultKind, 'kill'>, part: FaultCell['part']): ProxyMode {
  if (kind === 'slow') return { kind, delayMs: slowMs[part] };
  if (kind !== 'wrong answers') return { kind };
  return { kind: 'corrupt', spoil: part === 'service' ? makeWrongAnswers() : makeBitErrors() };
}

async function disturb(proxy: FaultProxy, mode: ProxyMode): Promise<ActiveFault> {
  await proxy.setMode(mode);
  return { end: () => proxy.setMode({ kind: 'pass' }) };
}

function killService(target: ServiceUnderFault): ActiveFault {
  const pid = target.readPid();
  process.kill(pid, 'SIGKILL');
  return {
    end: () => until(`${target.name} runs again`, () => target.readPid() !== 0 && target.readPid() !== pid),
  };
}

/** The process stands still and its connections stay open: nothing says that it does not answer. */
function stopProcess(target: ServiceUnderFault): ActiveFault {
  const pid = target.readPid();
  process.kill(pid, 'SIGSTOP');
  return {
    end: async () => {
      process.kill(pid, 'SIGCONT');
    },
  };
}

async function killDatabase(shop: ShopUnderFault, target: ServiceUnderFault): Promise<ActiveFault> {
  const folder = path.join(shop.dataFolder, target.name);
  const database = target.running.database();
  const [server] = (await listTree(process.pid)).filter(
    ({ pid, command }) => pid !== process.pid && command.includes(folder),
  );
  if (server === undefined) throw new Error(`No process serves ${folder}.`);
  process.kill(server.pid, 'SIGKILL');
  return {
    end: () => until(`the database of ${target.name} is open`, () => target.running.database() !== database),
  };
}

async function until(what: string, isSo: () => boolean): Promise<void> {
  const began = performance.now();
  while (!isSo()) {
    if (performance.now() - began > restartMs) throw new Error(`Expected within ${restartMs} ms: ${what}.`);
    await delay(5);
  }
}
