import { SingleBar } from 'cli-progress';

/** Told how far the start of the shop has come. */
export interface StartReporter {
  /** A service has begun a step. */
  step(service: string, what: string): void;
  /** A service has written `done` of `total` rows of its sample data. */
  progress(service: string, done: number, total: number): void;
  /** Nothing more will be told. */
  end(): void;
}

/** Tells nothing. */
export const silentReporter: StartReporter = { step() {}, progress() {}, end() {} };

/** Prints steps as lines, and the seeding of all services as one bar where there is a terminal. */
export function makeConsoleReporter(stream: NodeJS.WriteStream): StartReporter {
  const seeding = new Map<string, { done: number; total: number }>();
  const bar = new SingleBar({
    stream,
    format: '  seeding    {bar} {percentage}%  {value} of {total} rows',
    hideCursor: true,
    clearOnComplete: true,
    noTTYOutput: false,
  });
  let isBarShown = false;
  const hideBar = (): void => {
    if (isBarShown) bar.stop();
    isBarShown = false;
  };
  return {
    step(service, what) {
      // The bar says as much, for all services at once.
      if (what === 'seeding') return;
      hideBar();
      stream.write(`  ${service.padEnd(10)} ${what}\n`);
    },
    progress(service, done, total) {
      seeding.set(service, { done, total });
      const sum = [...seeding.values()];
      const allDone = sum.reduce((rows, part) => rows + part.done, 0);
      const allTotal = sum.reduce((rows, part) => rows + part.total, 0);
      if (!stream.isTTY) {
        if (done === total) stream.write(`  ${service.padEnd(10)} seeded, ${total} rows\n`);
        return;
      }
      if (!isBarShown && allDone < allTotal) {
        bar.start(allTotal, allDone);
        isBarShown = true;
      }
      bar.setTotal(allTotal);
      bar.update(allDone);
      if (allDone === allTotal) hideBar();
    },
    end: hideBar,
  };
}
