import { DatabaseError } from '../databases/database-error.ts';
import { nameVariables } from '../databases/open-database.ts';
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
  } catch (error) {
    throw explainRefusal(name, error);
  } finally {
    bar.stop();
  }
}

/** What a database or its driver says has a code, or the name of the driver; a fault of the seed itself has neither. */
function explainRefusal(name: string, error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const code: unknown = Reflect.get(error, 'code');
  if (typeof code !== 'string' && !error.name.startsWith('Mongo')) return error;
  const named = typeof code === 'string' || typeof code === 'number' ? ` (${code})` : '';
  return new DatabaseError(
    `The database of ${name} does not take its sample data: ${error.message}${named}. ` +
      `Look at the database that ${nameVariables(name).variable} names; has it been migrated (npx freehold migrate ${name})?`,
    { cause: error },
  );
}
