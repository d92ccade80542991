import type { Random } from '../differential/random.ts';
import {
  type Direction,
  type ListArguments,
  type ListKind,
  type OracleOrder,
  cursorOf,
  valuesOf,
} from './list-kind.ts';
import { type Draft, type Fields, pickAny, selectSome } from './selection.ts';
import { selectList } from './list-kind.ts';

/** Random arguments of a list that a service has to answer. */
export function generateArguments<Parent, Row>(
  random: Random,
  kind: ListKind<Parent, Row>,
): ListArguments<Row> {
  const { sort, order } = generateSort(random, kind);
  const { filter, matches } = generateFilter(random, kind);
  const search = kind.search && random.chance(0.3) ? kind.search.valueFor(random) : undefined;
  const size = pickAny(random, [0, 1, 1, 2, 3, 7, 19, 20, 21, 99, 100, null, undefined]);
  const isBackward = random.chance(0.4);
  const after = random.chance(0.3) ? generatePlace(random, kind, order) : undefined;
  const before = random.chance(0.2) ? generatePlace(random, kind, order) : undefined;
  return {
    sent: {
      filter,
      sort,
      search,
      [isBackward ? 'last' : 'first']: size,
      after: after ? cursorOf(order, after) : pickAny(random, [null, undefined]),
      before: before ? cursorOf(order, before) : pickAny(random, [null, undefined]),
    },
    matches: (row) => matches(row) && (search === undefined || kind.search?.isMet(row, search) === true),
    order,
    after,
    before,
  };
}

function generateSort<Parent, Row>(
  random: Random,
  { sort, keysBy }: ListKind<Parent, Row>,
): { readonly sort: unknown; readonly order: OracleOrder<Row> } {
  const [first = ''] = Object.keys(keysBy);
  if (!sort) return { sort: undefined, order: { keys: keysBy[first] ?? [], direction: 'ASC' } };
  const by = random.chance(0.8) ? random.pick(Object.keys(keysBy)) : undefined;
  const direction: Direction | undefined = random.chance(0.8) ? random.pick(['ASC', 'DESC']) : undefined;
  const isSent = by !== undefined || direction !== undefined || random.chance(0.5);
  return {
    sort: isSent ? { ...(by && { by }), ...(direction && { direction }) } : undefined,
    order: { keys: keysBy[by ?? sort.by] ?? [], direction: direction ?? sort.direction },
  };
}

function generateFilter<Parent, Row>(random: Random, { conditions }: ListKind<Parent, Row>) {
  if (random.chance(0.3)) return { filter: pickAny(random, [null, undefined, {}]), matches: () => true };
  const filter: Record<string, unknown> = {};
  for (const { field, valueFor } of conditions)
    if (random.chance(0.4)) filter[field] = random.chance(0.1) ? null : valueFor(random);
  const matches = (row: Row) =>
    conditions.every(({ field, isMet }) => {
      const value = filter[field];
      return value === undefined || value === null || isMet(row, value as never);
    });
  return { filter, matches };
}

/** The place of a row of any list, or of none: its values with a last key that there is not. */
function generatePlace<Parent, Row>(random: Random, kind: ListKind<Parent, Row>, order: OracleOrder<Row>) {
  const values = valuesOf(order, random.pick(kind.all()));
  if (random.chance(0.2)) values[values.length - 1] = random.pick(['', '~', '\u{10fffe}', 'b\u0301', "'"]);
  return values;
}

/** A list with random arguments. */
export function anyList<Parent, Row>(kind: ListKind<Parent, Row>): Fields<Parent> {
  return { [kind.field]: (draft) => selectList(draft, kind, generateArguments(draft.random, kind)) };
}

/** How the entities of a type are found and selected. */
export interface EntityKind<Source> {
  readonly typeName: string;
  readonly fields: () => Fields<Source>;
  /** With a `__typename` where it is another than the type's own. */
  readonly representationFor: (random: Random) => Readonly<Record<string, unknown>>;
  /** Null when there is none. */
  readonly find: (representation: Readonly<Record<string, unknown>>, draft: Draft) => Source | null;
}

/** `_entities`, with representations of all kinds in any order, repeated and missing. */
export function anyEntities(kinds: readonly EntityKind<never>[]): Fields<undefined> {
  return {
    _entities: (draft) => {
      const { random } = draft;
      const chosen = kinds.map((kind) => ({ kind, inner: selectSome(draft, kind.fields()) }));
      const asked = Array.from({ length: random.integer(0, 14) }, () => {
        const { kind, inner } = random.pick(chosen);
        return {
          representation: { __typename: kind.typeName, ...kind.representationFor(random) },
          kind,
          inner,
        };
      });
      if (asked.length > 0 && random.chance(0.5)) asked.push(random.pick(asked), random.pick(asked));
      const sent = draft.variable(
        '[_Any!]!',
        asked.map(({ representation }) => representation),
      );
      const fragments = chosen.map(({ kind, inner }) => `... on ${kind.typeName} { ${inner.text} }`);
      return {
        text: `_entities(representations: ${sent}) { ${fragments.join(' ')} }`,
        answer: () =>
          asked.map(({ representation, kind, inner }) => {
            const source = kind.find(representation, draft);
            return source === null ? null : inner.answer(source);
          }),
      };
    },
  };
}
