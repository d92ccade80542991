// `npm run faults`: the fault matrix on a running shop, or the cells that all words fit, such as
// `npm run faults -- orders database` or `npm run faults -- stall`.
import { listCells } from './fault-cells.ts';
import { openLoadClient } from './load.ts';
import { printHead, printResult } from './print-results.ts';
import { runCell, warmUp } from './run-cell.ts';
import { startShopUnderFault } from './shop-under-fault.ts';

const shop = await startShopUnderFault();
let wrong = 0;
try {
  const client = openLoadClient(shop.url, (user) => shop.mintToken(user));
  const cells = listCells(
    shop.services.map(({ name }) => name),
    process.argv.slice(2),
  );
  if (cells.length === 0) throw new Error('No cell of the matrix fits these words.');
  await warmUp(client);
  const began = performance.now();
  console.log(printHead());
  for (const cell of cells) {
    const result = await runCell(shop, client, cell);
    wrong += result.problems.length > 0 ? 1 : 0;
    console.log(printResult(result));
  }
  await client.close();
  const seconds = Math.round((performance.now() - began) / 1000);
  console.log(`\n${cells.length} cells in ${seconds} s, ${wrong} of them not clean`);
} finally {
  await shop.stop();
}
process.exit(wrong > 0 ? 1 : 0);
