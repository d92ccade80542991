import { runLoad } from '../support/load.ts';
import { expectAtMost, startObservedGateway } from '../support/observe.ts';
import { startBenchmarkSubgraphs } from '../support/subgraphs.ts';

const query =
  'query ($id: ID!, $first: Int) { user(id: $id) { id name reviews { id } } topProducts(first: $first) { upc inStock } }';

/** `npm run bench -- soak [requests]`: the heap after a tenth of the requests and after all of them. */
export async function runSoakBenchmark([given = '200000']: readonly string[]): Promise<void> {
  const requests = Number(given);
  if (!Number.isSafeInteger(requests) || requests < 1000) {
    throw new Error(`soak ${given}: expected a whole number of requests from 1000 on`);
  }
  const subgraphs = await startBenchmarkSubgraphs();
  const gateway = await startObservedGateway(subgraphs.supergraphFile);
  try {
    let base = 0;
    const run = async (count: number): Promise<number> => {
      const first = base;
      base += count;
      const load = await runLoad({
        url: gateway.url,
        users: 20,
        durationMs: 3_600_000,
        requestsMax: count,
        // Other variables in each request, and in every fifth another document: nothing that grows by them may stay. The
        // caches of documents are full after the first tenth (they hold 1,000).
        body: (index) =>
          JSON.stringify({
            query: index % 5 === 0 ? `# ${first + index}\n${query}` : query,
            variables: { id: `varied-${first + index}`, first: index % 9 },
          }),
      });
      if (load.failures > 0) throw new Error(`${load.failures} of ${load.requests} requests failed`);
      const { heapMib = Number.NaN } = await gateway.ask('heap');
      console.log(`after ${base} requests: heap ${heapMib.toFixed(1)} MiB`);
      return heapMib;
    };
    const early = await run(requests / 10);
    const late = await run(requests - requests / 10);
    expectAtMost('heap at the end', late, early * 1.1 + 5, 'MiB');
  } finally {
    await gateway.stop();
    await subgraphs.close();
  }
}
