import { startObservedGateway, expectAtMost } from '../support/observe.ts';
import { runLoad } from '../support/load.ts';
import { startBenchmarkSubgraphs } from '../support/subgraphs.ts';
import { benchmarkOperation } from './gateway/benchmark-graph.ts';

const newOperations = 200;
const productFields = ['name', 'price', 'weight', 'inStock', 'shippingEstimate', 'upc'];

/** Other fields of products at three levels in each operation: no two have the same plan. */
function writeNewOperation(index: number): string {
  const pick = (bits: number): string =>
    ['__typename', ...productFields.filter((_field, place) => (bits >> place) & 1)].join(' ');
  const [one, two, three] = [index & 63, (index >> 3) & 63, (index * 7) & 63].map(pick);
  const query = `query New${index} {
    users { id reviews { id product { ${one} reviews { author { name reviews { product { ${two} } } } } } } }
    topProducts(first: 3) { ${three} reviews { body author { username } } }
  }`;
  return JSON.stringify({ query });
}

/** The delay of the event loop while operations arrive that were never seen, beside others that run. */
export async function runPlanningBenchmark(): Promise<void> {
  const subgraphs = await startBenchmarkSubgraphs();
  const gateway = await startObservedGateway(subgraphs.supergraphFile);
  try {
    const known = (): string => JSON.stringify({ query: benchmarkOperation });
    await runLoad({ url: gateway.url, users: 4, durationMs: 4000, body: known });
    await gateway.ask('reset-delay');
    let isDone = false;
    const beside = runLoad({
      url: gateway.url,
      users: 4,
      durationMs: 60_000,
      body: known,
      isDone: () => isDone,
    });
    const load = await runLoad({
      url: gateway.url,
      users: 8,
      durationMs: 60_000,
      requestsMax: newOperations,
      body: writeNewOperation,
    });
    isDone = true;
    const others = await beside;
    const { p50 = Number.NaN, p99 = Number.NaN, max = Number.NaN } = await gateway.ask('delay');
    console.log(
      `${load.requests} new operations in ${load.seconds.toFixed(1)} s, beside ${others.requests} known ones`,
    );
    console.log(`delay of the event loop: p50 ${p50.toFixed(2)} ms, max ${max.toFixed(2)} ms`);
    expectAtMost('failed requests', load.failures + others.failures, 0, 'requests');
    expectAtMost('delay of the event loop at p99', p99, 20, 'ms');
  } finally {
    await gateway.stop();
    await subgraphs.close();
  }
}
