import type { Document } from 'bson';
import { z } from 'zod';

import { MigrationError } from '../migration-error.ts';
import {
  emptyCollection,
  parseExtendedJson,
  printExtendedJson,
  type CollectionState,
  type DatabaseState,
  type IndexState,
} from './declared-state.ts';

/** Commands that change documents; they leave the declared state as it is. */
const dataCommands = new Set(['insert', 'update', 'delete']);

/** What the state becomes by each command that changes it. */
const stateCommands: Readonly<
  Record<string, (collection: CollectionState | undefined, command: Document) => CollectionState | undefined>
> = {
  create: (_, command) => ({ ...emptyCollection, ...pickValidation(command) }),
  createIndexes: (collection = emptyCollection, command) => ({
    ...collection,
    indexes: mergeIndexes(collection.indexes, readIndexes(command)),
  }),
  collMod: (collection = emptyCollection, command) => ({
    ...collection,
    ...pickValidation(command),
    indexes: collection.indexes.map((index) => modifyIndex(index, command)),
  }),
  dropIndexes: (collection = emptyCollection, command) => ({
    ...collection,
    indexes: collection.indexes.filter((index) => !namesIndex(command, index.name)),
  }),
  drop: () => undefined,
};

const fileShape = z.strictObject({ commands: z.array(z.record(z.string(), z.unknown())).min(1) });

/** Whether a command changes documents. */
export function isDataCommand(command: Document): boolean {
  return dataCommands.has(nameCommand(command));
}

/** MongoDB takes the first field for the name of the command. */
export function nameCommand(command: Document): string {
  return Object.keys(command)[0] ?? '';
}

/** Reads the text of a migration.json; @throws {MigrationError} for a command that migrations do not know. */
export function parseCommands(text: string, file: string): Document[] {
  const parsed = fileShape.safeParse(parseExtendedJson(text, file));
  if (!parsed.success)
    throw new MigrationError(`${file} is not a migration: expected { "commands": [ { … }, … ] }.`);
  for (const [index, command] of parsed.data.commands.entries()) {
    const name = nameCommand(command);
    const known = [...Object.keys(stateCommands), ...dataCommands];
    if (!known.includes(name) || typeof command[name] !== 'string')
      throw new MigrationError(
        `${file}: commands[${index}] begins with ${JSON.stringify(name)}; expected one of ${known.join(', ')}, ` +
          'followed by the name of a collection.',
      );
  }
  return parsed.data.commands;
}

export function printCommands(commands: readonly Document[]): string {
  return `${printExtendedJson({ commands }, 2)}\n`;
}

/** The state that the commands lead to, from `state` on. */
export function replayCommands(state: DatabaseState, commands: readonly Document[]): DatabaseState {
  const next = new Map(state);
  for (const command of commands) {
    const name = nameCommand(command);
    const change = stateCommands[name];
    if (!change) continue;
    const target = String(command[name]);
    const collection = change(next.get(target), command);
    if (collection) next.set(target, collection);
    else next.delete(target);
  }
  return next;
}

/** The commands that lead from one state to another; none when they agree. */
export function computeCommands(from: DatabaseState, to: DatabaseState): Document[] {
  const commands: Document[] = [];
  for (const [name, wanted] of to) commands.push(...changeCollection(name, from.get(name), wanted));
  for (const name of from.keys()) if (!to.has(name)) commands.push({ drop: name });
  return commands;
}

function changeCollection(
  name: string,
  existing: CollectionState | undefined,
  wanted: CollectionState,
): Document[] {
  const commands: Document[] = [];
  const { validator, validationLevel, validationAction } = wanted;
  if (!existing)
    commands.push(
      Object.keys(validator).length === 0
        ? { create: name }
        : { create: name, validator, validationLevel, validationAction },
    );
  else if (!isSameValidation(existing, wanted))
    commands.push({ collMod: name, validator, validationLevel, validationAction });
  const before = new Map((existing?.indexes ?? []).map((index) => [index.name, printIndex(index)]));
  const after = new Map(wanted.indexes.map((index) => [index.name, printIndex(index)]));
  // Dropped first: an index under a new name may have the same key as one that goes.
  const gone = [...before].filter(([index, print]) => after.get(index) !== print).map(([index]) => index);
  if (gone.length > 0) commands.push({ dropIndexes: name, index: gone });
  const missing = wanted.indexes.filter((index) => before.get(index.name) !== after.get(index.name));
  if (missing.length > 0) commands.push({ createIndexes: name, indexes: missing });
  return commands;
}

function isSameValidation(one: CollectionState, other: CollectionState): boolean {
  const print = ({ validator, validationLevel, validationAction }: CollectionState): string =>
    printSorted({ validator, validationLevel, validationAction });
  return print(one) === print(other);
}

/** The order of the fields of `key` has a meaning, that of the options has none. */
function printIndex({ key, ...options }: IndexState): string {
  return `${printExtendedJson(key)} ${printSorted(options)}`;
}

function printSorted(value: unknown): string {
  const sort = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(sort);
    // A class of bson, such as ObjectId, is a value and not a document.
    if (typeof part !== 'object' || part === null || Object.getPrototypeOf(part) !== Object.prototype)
      return part;
    return Object.fromEntries(
      Object.entries(part)
        .sort(([one], [other]) => (one < other ? -1 : 1))
        .map(([name, inner]) => [name, sort(inner)]),
    );
  };
  return printExtendedJson(sort(value));
}

function pickValidation(command: Document): Partial<CollectionState> {
  const { validator, validationLevel, validationAction } = command;
  return {
    ...(isDocument(validator) ? { validator } : {}),
    ...(typeof validationLevel === 'string' ? { validationLevel } : {}),
    ...(typeof validationAction === 'string' ? { validationAction } : {}),
  };
}

function readIndexes(command: Document): IndexState[] {
  const indexes: unknown = command['indexes'];
  if (!Array.isArray(indexes)) return [];
  return indexes.flatMap((index: unknown) =>
    isDocument(index) && isDocument(index['key']) && typeof index['name'] === 'string'
      ? [{ ...index, key: index['key'], name: index['name'] }]
      : [],
  );
}

function mergeIndexes(existing: readonly IndexState[], added: readonly IndexState[]): IndexState[] {
  const names = new Set(added.map((index) => index.name));
  return [...existing.filter((index) => !names.has(index.name)), ...added];
}

/** `collMod` with `index: { name, … }` changes options of one index. */
function modifyIndex(index: IndexState, command: Document): IndexState {
  const change: unknown = command['index'];
  if (!isDocument(change) || change['name'] !== index.name) return index;
  return { ...index, ...change, key: index.key, name: index.name };
}

function namesIndex(command: Document, name: string): boolean {
  const index: unknown = command['index'];
  return Array.isArray(index) ? index.includes(name) : index === '*' || index === name;
}

function isDocument(value: unknown): value is Document {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
