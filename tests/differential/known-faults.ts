import { Kind, parse, print, valueFromASTUntyped, visit } from 'graphql';

import { type ClientAnswer, listErrorPaths } from '../support/engines-under-test.ts';
import type { DifferentialGraph } from './differential-graph.ts';
import type { GeneratedOperation } from './generate-operation.ts';
import { dropUnused, inlineFragments } from './shrink-operation.ts';

/** An answer of the stock engine and the right one. */
export interface Disagreement {
  readonly operation: GeneratedOperation;
  readonly right: ClientAnswer;
  readonly stock: ClientAnswer;
  /** False where `right` is known by its data alone. */
  readonly areErrorsCompared: boolean;
  readonly interfaceObject: DifferentialGraph['interfaceObject'];
  readonly runStock: (operation: GeneratedOperation) => Promise<ClientAnswer>;
}

/**
 * A fault of the stock engine. It takes itself out of the disagreement, as narrowly as it can: what is left must then
 * be equal, or be another fault.
 */
interface KnownFault {
  readonly name: string;
  takeOut(disagreement: Disagreement): Promise<Disagreement | undefined> | Disagreement | undefined;
}

/**
 * The names of the stock engine's faults that explain its answer: none where the answers are equal, `undefined` where
 * they are not and nothing explains it.
 */
export async function explainByKnownFaults(disagreement: Disagreement): Promise<string[] | undefined> {
  const names: string[] = [];
  let rest = disagreement;
  if (isSettled(rest)) return names;
  for (const fault of knownFaults) {
    const without = await fault.takeOut(rest);
    if (!without) continue;
    rest = without;
    names.push(fault.name);
    if (isSettled(rest)) return names;
  }
  return undefined;
}

function isSettled({ right, stock, areErrorsCompared }: Disagreement): boolean {
  if (JSON.stringify(right.data) !== JSON.stringify(stock.data)) return false;
  return !areErrorsCompared || listErrorPaths(right).join(' ') === listErrorPaths(stock).join(' ');
}

/** Calls `change` on each key of the data and each name in an error's path. */
function renameKeys(answer: ClientAnswer, change: (key: string) => string): ClientAnswer {
  const rename = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(rename);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .filter(([key]) => key !== goneName)
        .map(([key, item]) => [change(key), rename(item)]),
    );
  };
  const renamePaths = <Item extends { readonly path?: readonly (string | number)[] }>(
    items: readonly Item[],
  ): Item[] =>
    items.map((item) => ({
      ...item,
      ...(item.path && { path: item.path.map((part) => (typeof part === 'string' ? change(part) : part)) }),
    }));
  const completion = answer.extensions?.valueCompletion;
  return {
    data: rename(answer.data),
    ...(answer.errors && { errors: renamePaths(answer.errors) }),
    ...(completion && { extensions: { valueCompletion: renamePaths(completion) } }),
  };
}

const safePrefix = 'safe_';
const goneName = 'gone_';

/** Gives the client's names back to an answer. */
function restoreKeys(answer: ClientAnswer): ClientAnswer {
  return renameKeys(answer, (key) => (key.startsWith(safePrefix) ? key.slice(safePrefix.length) : key));
}

/** Gives every alias a name that no field has. */
function renameAliases({ query, variables }: GeneratedOperation): GeneratedOperation | undefined {
  let count = 0;
  const document = visit(parse(query), {
    Field(node) {
      if (!node.alias) return undefined;
      if (node.alias.value.startsWith(safePrefix)) return undefined;
      count += 1;
      const name = { ...node.alias, value: `${safePrefix}${node.alias.value}` };
      return { ...node, alias: name };
    },
  });
  return count > 0 ? { query: print(document), variables } : undefined;
}

/** The response names of these fields in an operation. */
function listResponseNames(query: string, fieldNames: readonly string[]): Set<string> {
  const names = new Set<string>();
  visit(parse(query), {
    Field(node) {
      if (!fieldNames.includes(node.name.value)) return;
      const name = node.alias?.value ?? node.name.value;
      names.add(name.startsWith(safePrefix) ? name.slice(safePrefix.length) : name);
    },
  });
  return names;
}

/** Takes out of the operation what its variables leave out, and the conditions of what stays. */
function evaluateConditions({ query, variables }: GeneratedOperation): GeneratedOperation {
  const defaults: Record<string, unknown> = {};
  const document = parse(query);
  visit(document, {
    VariableDefinition(node) {
      if (node.defaultValue) defaults[node.variable.name.value] = valueFromASTUntyped(node.defaultValue);
    },
  });
  const values = { ...defaults, ...variables };
  const evaluated = visit(inlineFragments(document), {
    leave(node) {
      if (node.kind === Kind.INLINE_FRAGMENT && node.selectionSet.selections.length === 0) return null;
      if (node.kind !== Kind.SELECTION_SET || node.selections.length > 0) return undefined;
      // An object of which everything is left out is still an object.
      const name = { kind: Kind.NAME, value: '__typename' } as const;
      return { ...node, selections: [{ kind: Kind.FIELD, name, alias: { ...name, value: goneName } }] };
    },
    enter(node) {
      if (!('directives' in node) || !node.directives?.length) return undefined;
      if (
        node.kind !== Kind.FIELD &&
        node.kind !== Kind.INLINE_FRAGMENT &&
        node.kind !== Kind.FRAGMENT_SPREAD
      ) {
        return undefined;
      }
      const isLeftOut = node.directives.some((directive) => {
        const value = directive.arguments?.[0]?.value;
        const condition = value ? valueFromASTUntyped(value, values) : undefined;
        return directive.name.value === 'skip' ? condition === true : condition === false;
      });
      return isLeftOut ? null : { ...node, directives: [] };
    },
  });
  return dropUnused({ query: print(evaluated), variables });
}

const sortKeys = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, item]) => [key, sortKeys(item)]),
  );
};

/** Puts the same mark in the place of every value with one of these keys. */
function maskKeys(value: unknown, keys: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) return value.map((item) => maskKeys(item, keys));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, keys.has(key) ? 'masked' : maskKeys(item, keys)]),
  );
}

function maskBoth(disagreement: Disagreement, keys: ReadonlySet<string>): Disagreement {
  const isKept = (error: { readonly path?: readonly (string | number)[] }): boolean =>
    !error.path?.some((part) => typeof part === 'string' && (keys.has(part) || part === '_entities'));
  const mask = (answer: ClientAnswer): ClientAnswer => ({
    data: maskKeys(answer.data, keys),
    errors: [...(answer.errors ?? []), ...(answer.extensions?.valueCompletion ?? [])].filter(isKept),
  });
  return { ...disagreement, right: mask(disagreement.right), stock: mask(disagreement.stock) };
}

/** What is masked may have taken the whole answer along: where all of the right one is masked, so is null. */
function maskRoot(disagreement: Disagreement): Disagreement {
  const { right, stock } = disagreement;
  const isAllMasked = Object.values(right.data ?? {}).every((value) => value === 'masked');
  return stock.data === null && isAllMasked
    ? { ...disagreement, stock: { ...stock, data: right.data } }
    : disagreement;
}

const names = (words: readonly string[]): RegExp => new RegExp(`\\b(${words.join('|')})\\b`);

interface PlacedError {
  readonly path?: readonly (string | number)[];
}

/** The place that is null because of an error. */
function findNull(data: unknown, { path = [] }: PlacedError): string {
  let value = data;
  const walked: (string | number)[] = [];
  for (const part of path) {
    if (typeof value !== 'object' || value === null) break;
    value = (value as Record<string | number, unknown>)[part];
    walked.push(part);
  }
  return walked.join('.');
}

/** Copies fields of the last object on a path from one answer into another. */
function copyFields(
  to: unknown,
  from: unknown,
  path: readonly (string | number)[],
  names: ReadonlySet<string>,
): unknown {
  if (typeof to !== 'object' || to === null || typeof from !== 'object' || from === null) return to;
  const [part, ...rest] = path;
  const next = part === undefined ? undefined : (to as Record<string | number, unknown>)[part];
  if (part !== undefined && typeof next === 'object' && next !== null) {
    const copied = copyFields(next, (from as Record<string | number, unknown>)[part], rest, names);
    return Array.isArray(to) ? to.with(Number(part), copied) : { ...to, [part]: copied };
  }
  const source = from as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries(to).map(([key, value]) => [key, names.has(key) ? source[key] : value]),
  );
}

const knownFaults: readonly KnownFault[] = [
  {
    name: "a client's alias that equals a key, a required field or another field in a fetch takes its place",
    async takeOut(disagreement) {
      const operation = renameAliases(disagreement.operation);
      if (!operation) return undefined;
      const stock = restoreKeys(await disagreement.runStock(operation));
      return { ...disagreement, operation, stock };
    },
  },
  {
    name: 'a field with @requires that is left out by @skip or @include takes its neighbours along',
    async takeOut(disagreement) {
      if (!/@(skip|include)/.test(disagreement.operation.query)) return undefined;
      const operation = evaluateConditions(disagreement.operation);
      const stock = restoreKeys(await disagreement.runStock(operation));
      return { ...disagreement, operation, stock };
    },
  },
  {
    name: "a chained @requires is asked of the middle field's service without what that field requires",
    takeOut(disagreement) {
      const { right, stock, operation } = disagreement;
      const isOfIt = ({ message }: { readonly message: string }): boolean =>
        message === "Cannot read properties of undefined (reading 'height')";
      const failed = stock.errors?.filter(isOfIt) ?? [];
      if (failed.length === 0) return undefined;
      const names = listResponseNames(operation.query, ['cost']);
      const data = failed.reduce<unknown>(
        (answer, { path = [] }) => copyFields(answer, right.data, path, names),
        stock.data,
      );
      return {
        ...disagreement,
        stock: { ...stock, data, errors: stock.errors?.filter((error) => !isOfIt(error)) ?? [] },
      };
    },
  },
  {
    name: 'keys are not in the order of the document: fragments are merged before fields are laid out',
    takeOut(disagreement) {
      const sort = (answer: ClientAnswer): ClientAnswer => ({ ...answer, data: sortKeys(answer.data) });
      return { ...disagreement, right: sort(disagreement.right), stock: sort(disagreement.stock) };
    },
  },
  {
    name: 'a null in a non-null place is not told of beside other errors',
    takeOut(disagreement) {
      if (!disagreement.stock.errors?.length) return undefined;
      const told = new Set(listErrorPaths(disagreement.stock));
      const errors = disagreement.right.errors?.filter(
        (error) => told.has(error.path?.join('.') ?? '-') || !error.message.startsWith('Cannot return null'),
      );
      return { ...disagreement, right: { data: disagreement.right.data, ...(errors && { errors }) } };
    },
  },
  {
    name: 'of several errors behind one null one is told',
    takeOut(disagreement) {
      const { right, stock } = disagreement;
      const told = new Set(listErrorPaths(stock));
      const isTold = ({ path }: PlacedError): boolean => told.has(path?.join('.') ?? '-');
      const places = new Set(right.errors?.filter(isTold).map((error) => findNull(right.data, error)));
      const errors = right.errors?.filter(
        (error) => isTold(error) || !places.has(findNull(right.data, error)),
      );
      return { ...disagreement, right: { data: right.data, ...(errors && { errors }) } };
    },
  },
  {
    name: 'the place of an error is counted among all entities, though some were not sent',
    takeOut(disagreement) {
      const wipe = (answer: ClientAnswer): ClientAnswer => ({
        data: answer.data,
        errors: [...(answer.errors ?? []), ...(answer.extensions?.valueCompletion ?? [])].map((error) => ({
          ...error,
          ...(error.path && { path: error.path.map((part) => (typeof part === 'number' ? 0 : part)) }),
        })),
      });
      return { ...disagreement, right: wipe(disagreement.right), stock: wipe(disagreement.stock) };
    },
  },
  {
    name: 'fields whose @requires take other arguments of one field get the same value',
    takeOut(disagreement) {
      const { query } = disagreement.operation;
      if (!/inEuro|inDollar|asUsual/.test(query)) return undefined;
      return maskBoth(
        disagreement,
        listResponseNames(query, ['inEuro', 'inDollar', 'asUsual', 'price', 'cost']),
      );
    },
  },
  {
    name: 'an interface object is asked for one type of the interface: required fields, key or __typename are lost',
    takeOut(disagreement) {
      const { interfaceObject, operation } = disagreement;
      if (!interfaceObject) return undefined;
      const { fields, narrowing, leads } = interfaceObject;
      if (!names(fields).test(operation.query) || !names(narrowing).test(operation.query)) return undefined;
      return maskRoot(maskBoth(disagreement, listResponseNames(operation.query, [...fields, ...leads])));
    },
  },
];
