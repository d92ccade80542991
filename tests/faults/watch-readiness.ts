import { setTimeout as delay } from 'node:timers/promises';

import type { FaultCell } from './fault-cells.ts';
import { type Bounds, isNoticed } from './judge-results.ts';

interface ReadyAnswer {
  readonly status: string;
  readonly services: Readonly<Record<string, { readonly status: string; readonly reason?: string }>>;
}

/** What `/ready` of the gateway says while a part is disturbed. */
export interface ReadinessWatch {
  /** Ends the watch and says what was wrong with the answers. */
  judge(cell: FaultCell): Promise<string[]>;
  /** Whether the answers so far have named what is disturbed, where they have to. */
  hasNamed(cell: FaultCell): boolean;
}

const everyMs = 150;

/** Asks `/ready` again and again. */
export function watchReadiness(url: string, bounds: Bounds): ReadinessWatch {
  const answers: ReadyAnswer[] = [];
  const over = new AbortController();
  const read = async (): Promise<ReadyAnswer> => (await fetch(`${url}/ready`)).json() as Promise<ReadyAnswer>;
  const watched = (async () => {
    while (!over.signal.aborted) {
      answers.push(await read());
      await delay(everyMs);
    }
  })();
  const hasNamed = (cell: FaultCell): boolean => !isTold(cell) || isNamed(cell, answers, bounds);
  return {
    hasNamed,
    async judge(cell) {
      over.abort();
      await watched;
      const until = performance.now() + bounds.readyMaxMs;
      let last = await read();
      while (last.status !== 'ready' && performance.now() < until) {
        await delay(everyMs);
        last = await read();
      }
      return [
        ...(bounds.mayOthersBeSlow ? [] : listWrongNames(cell, answers)),
        ...(hasNamed(cell) ? [] : [`/ready never named ${cell.service}`]),
        ...(last.status === 'ready' ? [] : [`/ready still says ${JSON.stringify(last)}`]),
      ];
    },
  };
}

/** A service that answers nonsense may answer it here too. */
function isTold(cell: FaultCell): boolean {
  return isNoticed(cell) && !(cell.part === 'service' && cell.kind === 'wrong answers');
}

/** That a service cannot be reached may also be what a database's fault looks like from far away, but not the reverse. */
function isNamed(
  cell: FaultCell,
  answers: readonly ReadyAnswer[],
  { mayOthersBeSlow }: Pick<Bounds, 'mayOthersBeSlow'>,
): boolean {
  const { service, part } = cell;
  const what = part === 'service' ? `The service ${service} ` : `The database of ${service} `;
  return answers.some(
    (answer) =>
      answer.services[service]?.reason?.startsWith(what) === true &&
      // Where others may be slow at times, it must have been named alone at another.
      (!mayOthersBeSlow || listWrongNames(cell, [answer]).length === 0),
  );
}

function listWrongNames({ service }: FaultCell, answers: readonly ReadyAnswer[]): string[] {
  const wrong = answers.flatMap(({ services }) =>
    Object.entries(services).flatMap(([name, { status, reason }]) =>
      status !== 'ready' && name !== service ? [reason ?? name] : [],
    ),
  );
  return [...new Set(wrong)].map((reason) => `/ready says of another: ${reason}`);
}
