import { buildSchema } from 'graphql';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';

import type { Engine } from '../engine.ts';
import { EngineSwitch } from './engine-switch.ts';

const log = pino({ level: 'silent' });

/** An engine that tells whether it is open, and prepares for as long as it is. */
function makeEngine(): Engine & { readonly isOpen: boolean } {
  let isOpen = true;
  let endPreparation: () => void = () => undefined;
  return {
    name: 'compiled',
    supergraphSdl: '',
    apiSchema: buildSchema('type Query { a: Int }'),
    execute: () => Promise.reject(new Error('Expected no operation.')),
    prepare: () =>
      new Promise((resolve) => {
        endPreparation = resolve;
      }),
    close: () => {
      isOpen = false;
      endPreparation();
      return Promise.resolve();
    },
    get isOpen() {
      return isOpen;
    },
  };
}

describe('an engine switch that is closed', () => {
  test('closes the engine that is being prepared, and puts it nowhere', async () => {
    const [current, next] = [makeEngine(), makeEngine()];
    const engines = new EngineSwitch(current, log);
    const exchanged = Promise.allSettled([engines.exchange(next)]);
    await engines.close();
    expect(await exchanged).toMatchObject([{ status: 'rejected' }]);
    expect([current.isOpen, next.isOpen, engines.current]).toEqual([false, false, current]);
  });

  test('closes an engine that comes later', async () => {
    const next = makeEngine();
    const engines = new EngineSwitch(makeEngine(), log);
    await engines.close();
    await expect(engines.exchange(next)).rejects.toThrow('closed');
    expect(next.isOpen).toBe(false);
  });
});
