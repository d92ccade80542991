import { spawn } from 'node:child_process';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
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
    // As in a repository: the supergraph of the base is published.
    const supergraph = 'supergraph.graphql';
    await runFreehold(path.join(folder, 'base'), ['publish']);
    await copyFile(path.join(folder, 'base', supergraph), path.join(folder, 'head', supergraph));
    await rm(path.join(folder, 'base/operations/manifest.json'));
    for (const [what, head] of [
      ['five subgraphs changed', 'head'],
      ['nothing changed', 'base'],
    ] as const) {
      const run = await runFreehold(path.join(folder, head), [
        'check',
        '--base',
        path.join(folder, 'base'),
        '--format',
        'json',
      ]);
      const { findings } = JSON.parse(run.output) as { findings: readonly unknown[] };
      console.log(
        `${what}: ${run.seconds.toFixed(1)} s (${run.cpuSeconds.toFixed(1)} s of CPU), ${run.megabytes.toFixed(0)} MB at most, ${findings.length} findings`,
      );
      // The processor time, because on a busy machine the clock measures the others.
      if (run.cpuSeconds > secondsMax || run.megabytes > megabytesMax)
        throw new Error(`expected at most ${secondsMax} s of CPU and ${megabytesMax} MB`);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Run {
  readonly seconds: number;
  /** User and system time of all threads. */
  readonly cpuSeconds: number;
  readonly megabytes: number;
  readonly output: string;
}

async function runFreehold(cwd: string, args: readonly string[]): Promise<Run> {
  const tell = `process.on('exit', () => {
    const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
    process.stderr.write('used ' + (userCPUTime + systemCPUTime) + ' ' + maxRSS + '\\n');
  })`;
  const started = performance.now();
  const child = spawn(
    process.execPath,
    [
      '--import',
      `data:text/javascript,${encodeURIComponent(tell)}`,
      path.resolve('bin/freehold.js'),
      ...args,
    ],
    { cwd, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const parts: Buffer[] = [];
  let errors = '';
  child.stdout.on('data', (part: Buffer) => parts.push(part));
  child.stderr.on('data', (part: Buffer) => (errors += part.toString('utf8')));
  const code = await new Promise((resolve) => child.once('close', resolve));
  const seconds = (performance.now() - started) / 1000;
  const [, microseconds, kilobytes] = /^used (\d+) (\d+)$/m.exec(errors) ?? [];
  if ((code !== 0 && code !== 1) || kilobytes === undefined)
    throw new Error(`freehold ${args[0]} ended with code ${String(code)}: ${errors}`);
  return {
    seconds,
    cpuSeconds: Number(microseconds) / 1e6,
    megabytes: Number(kilobytes) / 1024,
    output: Buffer.concat(parts).toString('utf8'),
  };
}
