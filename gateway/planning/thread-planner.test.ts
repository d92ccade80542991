import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Worker } from 'node:worker_threads';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';

import { bundleProgram, type BundledProgram } from '../../tests/support/bundle-program.ts';
import { composeSubgraphs } from '../../tests/support/compose-subgraphs.ts';
import { stopClock } from '../../tests/support/stop-clock.ts';
import { plannerDefaults, type PlannerOptions } from './planner-options.ts';
import { createThreadPlanner } from './thread-planner.ts';

const supergraphSdl = composeSubgraphs({ one: 'type Query { a: Int b: Int }' });
const options: PlannerOptions = { ...plannerDefaults, plannerThreads: 1, planTimeoutMs: 1000 };

let program: BundledProgram;
let folder: string;
// Only what is meant to take too long does.
beforeEach(stopClock);
afterEach(() => {
  vi.useRealTimers();
});
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'freehold-planner-'));
  program = await bundleProgram(path.join(import.meta.dirname, 'planner-thread.ts'));
});
afterAll(async () => {
  await program.remove();
  await rm(folder, { recursive: true });
});

/** Writes a program that does this first, and then what the planner's does. */
async function writeProgram(file: string, first: string): Promise<void> {
  const planner = `await import(${JSON.stringify(pathToFileURL(program.file).href)});`;
  await writeFile(file, `import { parentPort } from 'node:worker_threads';\n${first}\n${planner}\n`);
}

const start = (sdl: string, changes: Partial<PlannerOptions> = {}) =>
  createThreadPlanner(sdl, pathToFileURL(program.file), { ...options, ...changes });

describe('a planner on a thread of its own', () => {
  test('plans one operation after the other, and describes the supergraph', async () => {
    const planner = await start(supergraphSdl);
    expect(planner.description.subgraphs.map(({ name }) => name)).toEqual(['one']);
    const plans = await Promise.all([planner.plan('{ a }', [], []), planner.plan('{ b }', [], [])]);
    expect(plans.map(({ steps }) => steps[0]?.query)).toEqual(['query{a}', 'query{b}']);
    await planner.close();
    await planner.close();
  });

  test('says why an operation has no plan, and why a supergraph cannot be used', async () => {
    const planner = await start(supergraphSdl);
    const missing = planner.plan('{ a }', [{ key: 'z', fieldName: 'z' }], []);
    await expect(missing).rejects.toMatchObject({ code: 'OPERATION_PLAN_FAILED' });
    await planner.close();
    await expect(start('type Query { a: Int }')).rejects.toThrow('supergraph');
  });

  test('ends a plan that takes too long, and goes on with a new thread', async () => {
    const file = path.join(folder, 'endless.mjs');
    await writeProgram(file, "parentPort.on('message', ({ text }) => { while (text === 'endless'); });");
    const planner = await createThreadPlanner(supergraphSdl, pathToFileURL(file), options);
    const plans = Promise.allSettled(['endless', '{ a }'].map((text) => planner.plan(text, [], [])));
    vi.advanceTimersByTime(options.planTimeoutMs);
    expect(await plans).toMatchObject([
      { status: 'rejected', reason: { code: 'OPERATION_PLAN_TIMEOUT' } },
      { status: 'fulfilled', value: { steps: [{ query: 'query{a}' }] } },
    ]);
    await planner.close();
  });

  test('does not give a job to a thread that ended while it waited', async () => {
    const made = once(process, 'worker') as Promise<[Worker]>;
    const planner = await start(supergraphSdl);
    const [worker] = await made;
    await planner.plan('{ a }', [], []);
    await worker.terminate();
    expect((await planner.plan('{ b }', [], [])).steps[0]?.query).toBe('query{b}');
    await planner.close();
  });

  test('ends a thread that does not start in time', async () => {
    const file = path.join(folder, 'still.mjs');
    await writeFile(file, 'setInterval(() => {}, 1000);');
    const starting = createThreadPlanner(supergraphSdl, pathToFileURL(file), options, 50);
    vi.advanceTimersByTime(50);
    await expect(starting).rejects.toThrow('The planner thread did not start within 50 ms.');
  });

  test.each([
    ['ends', "throw new Error('no memory');", 'no memory'],
    [
      'says that it cannot plan',
      "parentPort.postMessage({ kind: 'unusable', message: 'no planner' });",
      'no planner',
    ],
  ])(
    'fails what waits for a new thread that %s, and starts one again for later jobs',
    async (_how, broken, reason) => {
      const file = path.join(folder, 'program.mjs');
      const mended = "parentPort.on('message', ({ text }) => text === 'end' && process.exit());";
      await writeProgram(file, mended);
      const planner = await createThreadPlanner(supergraphSdl, pathToFileURL(file), options);
      await writeProgram(file, broken);
      const plans = ['end', '{ a }', '{ b }'].map((text) => planner.plan(text, [], []));
      const [ended, ...waiting] = await Promise.allSettled(plans);
      expect(ended).toMatchObject({ status: 'rejected' });
      for (const plan of waiting)
        expect(plan).toMatchObject({
          status: 'rejected',
          reason: { message: `No planner thread could be started: ${reason}` },
        });
      await expect(planner.plan('{ a }', [], [])).rejects.toThrow(reason);
      await writeProgram(file, mended);
      expect((await planner.plan('{ a }', [], [])).steps[0]?.query).toBe('query{a}');
      await planner.close();
    },
  );

  test('refuses more operations than may wait', async () => {
    const planner = await start(supergraphSdl, { planQueueMax: 1 });
    const answers = await Promise.allSettled(
      ['{ a }', '{ b }', '{ a b }'].map((text) => planner.plan(text, [], [])),
    );
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    await planner.close();
  });
});
