import { generateArguments } from './generate-arguments.ts';
import {
  type ListArguments,
  connectionFields,
  cursorOf,
  cutPage,
  listWhole,
  selectList,
  valuesOf,
} from './list-kind.ts';
import type { ListRun, WalkedList } from './list-run.ts';
import type { Row } from './rows.ts';
import { type Draft, type Selection, pickAny, select } from './selection.ts';

const pagesMax = 40;

/**
 * Reads a list page by page to its end, forward or backward, and compares each page with what the rows say at that
 * moment. In some walks rows are removed and written again between the pages: what stands there all the time must come
 * once.
 */
export async function walkPages(run: ListRun, seed: number): Promise<string | undefined> {
  const { draft: plan, lists } = run.draftAsStaff(seed);
  const { random } = plan;
  const list = random.pick(lists.walks);
  const parent = pickAny(random, list.parents);
  const base = generateArguments(random, list.kind);
  const isBackward = random.chance(0.4);
  const size = random.pick([1, 2, 3, 7, 20, 50, 100]);
  const hasWrites = random.chance(0.3);
  const standing = listWhole(list.kind, parent, base).map((row) => print(base, row));
  const removed = new Set<string>();
  const seen: string[] = [];
  let edge: Row | undefined;
  try {
    for (let page = 0; page < (hasWrites ? 6 : pagesMax); page += 1) {
      const args = argumentsOfPage(base, isBackward, size, edge);
      const problem = await comparePage(run, seed + page, list, parent, args);
      if (problem !== undefined) return `page ${page + 1}: ${problem}`;
      const { rows, hasNextPage, hasPreviousPage } = cutPage(listWhole(list.kind, parent, args), args);
      const shown = rows.map((row) => print(args, row));
      seen.splice(isBackward ? 0 : seen.length, 0, ...shown);
      edge = isBackward ? rows.at(0) : rows.at(-1);
      if (!edge || !(isBackward ? hasPreviousPage : hasNextPage)) return compareWalk(standing, seen, removed);
      if (hasWrites && random.chance(0.3)) await run.stored.restore();
      else if (hasWrites) {
        const row = random.pick(list.kind.rowsOf(parent));
        removed.add(print(args, row));
        await run.stored.remove(list.table, row);
      }
    }
  } finally {
    if (removed.size > 0) await run.stored.restore();
  }
  return undefined;
}

/** A page of one list, with all that a connection has; of an entity, beside one that has no such list. */
export async function comparePage(
  run: ListRun,
  seed: number,
  { kind, typeName }: WalkedList,
  parent: Row | undefined,
  args: ListArguments<Row>,
): Promise<string | undefined> {
  const { draft } = run.draftAsStaff(seed);
  const whole = select(draft, connectionFields(kind), [
    'totalCount',
    'pageInfo',
    'nodes',
    'edges',
    'pageInfo',
  ]);
  const selection = selectList(draft, kind, args, whole);
  return await run.compare(draft, atRoot(draft, selection, parent, typeName));
}

/** A list of an entity, asked for by the entity's representation. */
export function atRoot(
  draft: Draft,
  selection: Selection<Row | undefined>,
  parent: Row | undefined,
  typeName: string | undefined,
): Selection<undefined> {
  if (parent === undefined || typeName === undefined)
    return { text: `list: ${selection.text}`, answer: () => ({ list: selection.answer(undefined) }) };
  const keys = [{ __typename: typeName, id: parent['id'] ?? parent['_id'] }];
  return {
    text: `_entities(representations: ${draft.variable('[_Any!]!', keys)}) { ... on ${typeName} { list: ${selection.text} } }`,
    answer: () => ({ _entities: [{ list: selection.answer(parent) }] }),
  };
}

function argumentsOfPage(
  base: ListArguments<Row>,
  isBackward: boolean,
  size: number,
  edge: Row | undefined,
): ListArguments<Row> {
  const { filter, sort, search } = base.sent;
  const place = edge && valuesOf(base.order, edge);
  const cursor = place && cursorOf(base.order, place);
  return {
    ...base,
    sent: isBackward
      ? { filter, sort, search, last: size, before: cursor }
      : { filter, sort, search, first: size, after: cursor },
    after: isBackward ? undefined : place,
    before: isBackward ? place : undefined,
  };
}

function print({ order }: ListArguments<Row>, row: Row): string {
  return cursorOf(order, valuesOf(order, row));
}

function compareWalk(
  standing: readonly string[],
  seen: readonly string[],
  removed: ReadonlySet<string>,
): string | undefined {
  const [expected, actual] = [standing, seen].map((all) => all.filter((one) => !removed.has(one)).join(' '));
  if (expected === actual && new Set(seen).size === seen.length) return undefined;
  return `the pages joined have ${seen.length} rows, and the list ${standing.length}, or another order`;
}
