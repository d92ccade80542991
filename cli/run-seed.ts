import { findSubgraph, loadProject } from './project.ts';
import { loadSeed, readDatabaseUrl } from './service-modules.ts';

/** Seeds one service's database, with a progress bar where there is a terminal to draw it on. */
export async function runSeed(name: string, scale: number): Promise<void> {
  const subgraph = findSubgraph(await loadProject(), name);
  const url = readDatabaseUrl(name);
  const seed = await loadSeed(subgraph);
  const { SingleBar } = await import('cli-progress');
  const bar = new SingleBar({
    format: `${name} [{bar}] {value}/{total}`,
    stream: process.stderr,
    hideCursor: true,
    clearOnComplete: true,
  });
  const isTerminal = process.stderr.isTTY;
  let isStarted = false;
  try {
    const outcome = await seed(url, {
      scale,
      onProgress(done, total) {
        // Whoever started this as a child draws a bar of its own.
        process.send?.({ done, total });
        if (!isTerminal) return;
        if (!isStarted) bar.start(total, 0);
        isStarted = true;
        bar.update(done);
      },
    });
    bar.stop();
    console.log(
      outcome.kind === 'present'
        ? `${name}: sample data of scale ${scale} or larger is there already; nothing was changed.`
        : `${name}: ${outcome.rows} rows added.`,
    );
  } finally {
    bar.stop();
  }
}
