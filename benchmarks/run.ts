import { runCheckBenchmark } from './cases/check/run-check.ts';
import { runGatewayBenchmark } from './cases/gateway/run-gateway.ts';
import { runPlanningBenchmark } from './cases/planning.ts';
import { runShopBenchmark } from './cases/shop/run-shop.ts';
import { runSoakBenchmark } from './cases/soak.ts';
import { runSwapsBenchmark } from './cases/swaps.ts';
import { tieToCore } from './support/child.ts';

/** The benchmarks by name; each prints what it measured and throws when an answer or a limit is wrong. */
const benchmarks: Readonly<Record<string, (args: readonly string[]) => Promise<void>>> = {
  gateway: runGatewayBenchmark,
  shop: runShopBenchmark,
  check: runCheckBenchmark,
  planning: runPlanningBenchmark,
  swaps: runSwapsBenchmark,
  soak: runSoakBenchmark,
};

const [name = '', ...args] = process.argv.slice(2);
const benchmark = benchmarks[name];
if (!benchmark) {
  console.error(`npm run bench -- ${name}: expected one of ${Object.keys(benchmarks).join(', ')}`);
  process.exit(2);
}
if (!tieToCore(0))
  console.log('No taskset here: the processes share the cores, and the numbers are rougher.');
try {
  await benchmark(args);
  process.exit(0);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
}
