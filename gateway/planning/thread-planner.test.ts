import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { bundleProgram, type BundledProgram } from '../../tests/support/bundle-program.ts';
import { composeSubgraphs } from '../../tests/support/compose-subgraphs.ts';
import { plannerDefaults, type PlannerOptions } from './planner.ts';
import { createThreadPlanner } from './thread-planner.ts';

const supergraphSdl = composeSubgraphs({ one: 'type Query { a: Int b: Int }' });
const options: PlannerOptions = { ...plannerDefaults, plannerThreads: 1 };

let program: BundledProgram;
beforeAll(async () => {
  program = await bundleProgram(path.join(import.meta.dirname, 'planner-thread.ts'));
});
afterAll(() => program.remove());

const start = (sdl: string, changes: Partial<PlannerOptions> = {}) =>
  createThreadPlanner(sdl, pathToFileURL(program.file), { ...options, ...changes });

describe('a planner on a thread of its own', () => {
  test('plans one operation after the other, and describes the supergraph', async () => {
    const planner = await start(supergraphSdl);
    expect(planner.description.subgraphs.map(({ name }) => name)).toEqual(['one']);
    const plans = await Promise.all([planner.plan('{ a }', []), planner.plan('{ b }', [])]);
    expect(plans.map(({ steps }) => steps[0]?.query)).toEqual(['query{a}', 'query{b}']);
    await planner.close();
    await planner.close();
  });

  test('says why an operation has no plan, and why a supergraph cannot be used', async () => {
    const planner = await start(supergraphSdl);
    const missing = planner.plan('{ a }', [{ key: 'z', fieldName: 'z' }]);
    await expect(missing).rejects.toMatchObject({ code: 'OPERATION_PLAN_FAILED' });
    await planner.close();
    await expect(start('type Query { a: Int }')).rejects.toThrow('supergraph');
  });

  test('ends a plan that takes too long, and goes on with a new thread', async () => {
    const planner = await start(supergraphSdl, { planTimeoutMs: 0 });
    const late = await Promise.allSettled([planner.plan('{ a b }', []), planner.plan('{ a }', [])]);
    expect(late.some(({ status }) => status === 'rejected')).toBe(true);
    await planner.close();
  });

  test('refuses more operations than may wait', async () => {
    const planner = await start(supergraphSdl, { planQueueMax: 1 });
    const answers = await Promise.allSettled(
      ['{ a }', '{ b }', '{ a b }'].map((text) => planner.plan(text, [])),
    );
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    await planner.close();
  });
});
