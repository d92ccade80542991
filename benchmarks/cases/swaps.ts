import { writeFile } from 'node:fs/promises';

import { runLoad } from '../support/load.ts';
import { expectAtMost, startObservedGateway } from '../support/observe.ts';
import { startBenchmarkSubgraphs } from '../support/subgraphs.ts';

const query = `{ users { username reviews { id author { name reviews { author { username } } } product { upc name } } } }`;

/** `npm run bench -- swaps [count]`: exchanges two supergraphs under load. Each has subgraphs of its own, whose users bear its mark in their names. */
export async function runSwapsBenchmark([given = '50']: readonly string[]): Promise<void> {
  const swaps = Number(given);
  if (!Number.isSafeInteger(swaps) || swaps < 1)
    throw new Error(`swaps ${given}: expected a whole number from 1 on`);
  const one = await startBenchmarkSubgraphs();
  const other = await startBenchmarkSubgraphs({ mark: '-other' });
  const gateway = await startObservedGateway(one.supergraphFile);
  try {
    const body = (): string => JSON.stringify({ query });
    let mixed = 0;
    let marked = 0;
    const look = (answer: Buffer): void => {
      const names = answer.toString('utf8').match(/"(?:username|name)":"[^"]*"/g) ?? [];
      // Products have no mark; every user of one answer has the same.
      const users = names.filter((name) => /(ada|ben|cleo|dan|eva|finn)/i.test(name));
      const withMark = users.filter((name) => name.includes('-other')).length;
      if (withMark > 0) marked += 1;
      if (users.length === 0 || (withMark !== 0 && withMark !== users.length)) mixed += 1;
    };
    const load = { url: gateway.url, users: 10, body, onAnswer: look };
    await runLoad({ ...load, durationMs: 2000 });
    // The first exchanges also fill caches that stay; the memory to come back to is that after them.
    const exchange = async (count: number): Promise<void> => {
      for (let index = 0; index < count; index += 1) {
        const next = index % 2 === 0 ? other : one;
        await writeFile(one.supergraphFile, next.supergraphSdl);
        const { outcome } = await gateway.ask('reload');
        if (index % 10 === 9) console.log(`${index + 1} exchanges`);
        if (outcome !== 'exchanged')
          throw new Error(`Exchange ${index}: expected "exchanged", found "${outcome}"`);
      }
    };
    await exchange(4);
    const { heapMib: before = Number.NaN } = await gateway.ask('heap');
    let isDone = false;
    const running = runLoad({ ...load, durationMs: 300_000, isDone: () => isDone });
    await exchange(swaps);
    isDone = true;
    const { requests, failures } = await running;
    const { heapMib: after = Number.NaN } = await gateway.ask('heap');
    console.log(`${swaps} exchanges under ${requests} requests, ${marked} answers from the other supergraph`);
    expectAtMost('failed requests', failures, 0, 'requests');
    expectAtMost('answers from two supergraphs', mixed, 0, 'answers');
    if (marked === 0) throw new Error('No answer came from the other supergraph');
    console.log(`heap: ${before.toFixed(1)} MiB before`);
    expectAtMost('heap after', after, before * 1.15 + 5, 'MiB');
  } finally {
    await gateway.stop();
    await one.close();
    await other.close();
  }
}
