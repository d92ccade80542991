import { describe, expect, test } from 'vitest';

import { MigrationError } from '../migration-error.ts';
import { parseDeclaredState, type DatabaseState } from './declared-state.ts';
import { computeCommands, parseCommands, printCommands, replayCommands } from './migration-commands.ts';

const empty: DatabaseState = new Map();
const declare = (collections: object): DatabaseState =>
  parseDeclaredState(JSON.stringify({ collections }), 'collections.json');

const byName = { key: { name: 1 }, name: 'by_name', unique: true };
const byPlace = { key: { country: 1, city: 1 }, name: 'by_place' };
const validator = { $jsonSchema: { required: ['name'], properties: { name: { bsonType: 'string' } } } };

/** What leads from one to the other, written to a file, read back and replayed. */
function change(from: DatabaseState, to: DatabaseState) {
  const commands = computeCommands(from, to);
  const written = commands.length === 0 ? [] : parseCommands(printCommands(commands), 'migration.json');
  expect(computeCommands(replayCommands(from, written), to)).toEqual([]);
  return commands;
}

describe('the commands from one state to another', () => {
  test('make a collection with its validator and indexes', () => {
    expect(change(empty, declare({ people: { validator, indexes: [byName] } }))).toEqual([
      { create: 'people', validator, validationLevel: 'strict', validationAction: 'error' },
      { createIndexes: 'people', indexes: [byName] },
    ]);
  });

  test('are none when nothing but the order of options differs', () => {
    const one = declare({ people: { indexes: [{ key: { a: 1 }, name: 'a', unique: true, sparse: true }] } });
    const other = declare({
      people: { indexes: [{ sparse: true, name: 'a', unique: true, key: { a: 1 } }] },
    });
    expect(change(one, other)).toEqual([]);
  });

  test('make an index anew when the order of its fields changes', () => {
    const turned = { key: { city: 1, country: 1 }, name: 'by_place' };
    const commands = change(
      declare({ people: { indexes: [byPlace] } }),
      declare({ people: { indexes: [turned] } }),
    );
    expect(commands).toEqual([
      { dropIndexes: 'people', index: ['by_place'] },
      { createIndexes: 'people', indexes: [turned] },
    ]);
  });

  test('change and take away a validator', () => {
    const strict = declare({ people: { validator } });
    expect(change(strict, declare({ people: { validator, validationLevel: 'moderate' } }))).toEqual([
      { collMod: 'people', validator, validationLevel: 'moderate', validationAction: 'error' },
    ]);
    expect(change(strict, declare({ people: {} }))).toEqual([
      { collMod: 'people', validator: {}, validationLevel: 'strict', validationAction: 'error' },
    ]);
  });

  test('drop what is declared no more', () => {
    const from = declare({ people: { indexes: [byName, byPlace] }, old: {} });
    expect(change(from, declare({ people: { indexes: [byName] } }))).toEqual([
      { dropIndexes: 'people', index: ['by_place'] },
      { drop: 'old' },
    ]);
  });
});

describe('replaying', () => {
  test('follows hand-written commands', () => {
    const state = replayCommands(declare({ people: { indexes: [byName, byPlace] } }), [
      { dropIndexes: 'people', index: 'by_place' },
      { collMod: 'people', index: { name: 'by_name', hidden: true } },
      { update: 'people', updates: [{ q: {}, u: { $set: { a: 1 } }, multi: true }] },
      { createIndexes: 'fresh', indexes: [byPlace] },
    ]);
    expect(state.get('people')?.indexes).toEqual([{ ...byName, hidden: true }]);
    expect(state.get('fresh')?.indexes).toEqual([byPlace]);
  });
});

describe('a file', () => {
  test('with a command that migrations do not know is refused', () => {
    const text = JSON.stringify({ commands: [{ renameCollection: 'a', to: 'b' }] });
    expect(() => parseCommands(text, 'migration.json')).toThrow('commands[0] begins with "renameCollection"');
    expect(() => parseCommands('{"commands":[{"create":5}]}', 'migration.json')).toThrow(MigrationError);
    expect(() => parseCommands('{', 'migration.json')).toThrow('is not JSON');
  });

  test('keeps the types of MongoDB', () => {
    const text =
      '{"commands":[{"update":"p","updates":[{"q":{"at":{"$date":"2026-01-01T00:00:00Z"}},"u":{"$set":{"n":{"$numberLong":"5"}}}}]}]}';
    expect(parseCommands(printCommands(parseCommands(text, 'a')), 'b')).toEqual(parseCommands(text, 'a'));
    expect(printCommands(parseCommands(text, 'a'))).toContain('$date');
  });

  test('of declared collections lists all its problems', () => {
    const text = JSON.stringify({
      collections: { 'system.x': {}, people: { validationLevel: 'hard', indexes: [{ key: {}, name: 'a' }] } },
    });
    let message = '';
    try {
      parseDeclaredState(text, 'collections.json');
    } catch (error) {
      message = error instanceof MigrationError ? error.message : '';
    }
    expect(message).toContain('collections.system.x');
    expect(message).toContain('collections.people.validationLevel');
    expect(message).toContain('collections.people.indexes.0.key');
    expect(() => declare({ people: { indexes: [byName, byName] } })).toThrow('two indexes named by_name');
  });
});
