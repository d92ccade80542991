import { requireFreePort } from '../../gateway/http/listen.ts';
import { leaveParent, tellParent } from '../process/parent-channel.ts';
import { openLog } from './open-log.ts';
import { printShop } from './print-shop.ts';
import { makeConsoleReporter } from './start-reporter.ts';
import { startShop, type RunningShop, type StartShopOptions } from './start-shop.ts';

/** Stopping takes no longer than this, in milliseconds; what still runs then is ended by force. */
const stopTimeoutMs = 4500;

/** Starts the shop, prints where everything is, and stays until Ctrl-C or SIGTERM. */
export async function runStart(
  options: Omit<StartShopOptions, 'reporter' | 'log' | 'signal'>,
): Promise<void> {
  const stream = process.stderr;
  const reporter = makeConsoleReporter(stream);
  // The gateway is the last to come up: nobody wants to wait for all the others to be told this.
  await requireFreePort(options.gatewayHost, options.gatewayPort);
  const log = openLog(options.dataFolder);
  const giveUp = new AbortController();
  let shop: RunningShop | undefined;
  const asked = new Promise<void>((resolve) => {
    const stop = (): void => {
      // The second time is meant: nothing is waited for.
      if (giveUp.signal.aborted) {
        shop?.kill();
        process.exit(130);
      }
      giveUp.abort(new Error('stopped before everything was up'));
      stream.write('\n  stopping\n');
      // Also what comes up may take its time to be given up, such as a database that does not answer.
      setTimeout(() => {
        shop?.kill();
        process.exit(1);
      }, stopTimeoutMs).unref();
      resolve();
    };
    process.on('SIGINT', stop);
    process.on('SIGTERM', stop);
    process.on('SIGHUP', stop);
  });

  const started = performance.now();
  stream.write(`Freehold, ${options.project.name}: ${options.project.subgraphs.length} services\n\n`);
  try {
    shop = await startShop({ ...options, reporter, log, signal: giveUp.signal });
  } catch (error) {
    reporter.end();
    if (!giveUp.signal.aborted) throw error;
    leaveParent();
    stream.write('  stopped\n');
    return;
  }
  if (!giveUp.signal.aborted) {
    process.stdout.write(await printShop(shop, options.project, (performance.now() - started) / 1000));
    tellParent({ ready: true, url: shop.gatewayUrl, port: Number(new URL(shop.gatewayUrl).port) });
  }
  await asked;
  await shop.stop();
  leaveParent();
  stream.write('  stopped\n');
}
