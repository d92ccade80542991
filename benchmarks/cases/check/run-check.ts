import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { generateProject, type ProjectSize } from './generate-project.ts';

const size: ProjectSize = { subgraphs: 50, typesPerSubgraph: 100, operations: 2000 };
const secondsMax = 60;
const megabytesMax = 2048;

/** `npm run bench -- check`: the check of a large project, as a new process by the command line. */
export async function runCheckBenchmark(): Promise<void> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'freehold-check-'));
  try {
    await generateProject(path.join(folder, 'base'), size, false);
    await generateProject(path.join(folder, 'head'), size, true);
    console.log(
      `${size.subgraphs} subgraphs, ${size.subgraphs * size.typesPerSubgraph} types, ${size.operations} operations`,
    );
    for (const [what, head] of [
      ['five subgraphs changed', 'head'],
      ['nothing changed', 'base'],
    ] as const) {
      const { seconds, megabytes, output } = await measureCheck(
        path.join(folder, head),
        path.join(folder, 'base'),
      );
      const { summary } = JSON.parse(output) as { summary: string };
      console.log(`${what}: ${seconds.toFixed(1)} s, ${megabytes.toFixed(0)} MB at most. ${summary}`);
      if (seconds > secondsMax || megabytes > megabytesMax)
        throw new Error(`expected at most ${secondsMax} s and ${megabytesMax} MB`);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function measureCheck(
  cwd: string,
  base: string,
): Promise<{ seconds: number; megabytes: number; output: string }> {
  const tellMemory = `process.on('exit', () => process.stderr.write('peak ' + process.resourceUsage().maxRSS + '\\n'))`;
  const started = performance.now();
  const child = spawn(
    process.execPath,
    [
      '--import',
      `data:text/javascript,${encodeURIComponent(tellMemory)}`,
      path.resolve('bin/freehold.js'),
      'check',
      '--base',
      base,
      '--format',
      'json',
    ],
    { cwd, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const parts: Buffer[] = [];
  let errors = '';
  child.stdout.on('data', (part: Buffer) => parts.push(part));
  child.stderr.on('data', (part: Buffer) => (errors += part.toString('utf8')));
  const code = await new Promise((resolve) => child.once('close', resolve));
  const seconds = (performance.now() - started) / 1000;
  const kilobytes = Number(/^peak (\d+)$/m.exec(errors)?.[1]);
  if ((code !== 0 && code !== 1) || !Number.isFinite(kilobytes))
    throw new Error(`The check ended with code ${String(code)}: ${errors}`);
  return { seconds, megabytes: kilobytes / 1024, output: Buffer.concat(parts).toString('utf8') };
}
