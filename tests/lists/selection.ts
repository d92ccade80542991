import type { TestCaller } from '../support/signed-caller.ts';
import { Random } from '../differential/random.ts';

/** A part of an operation, and what a service has to answer to it for a source: a naive oracle. */
export interface Selection<Source> {
  readonly text: string;
  readonly answer: (source: Source) => unknown;
  /** True of a fragment: its answer is an object whose fields join those around it. */
  readonly isSpread?: boolean;
}

/** What can be selected of a source, by the field's name; made anew each time, with other arguments. */
export type Fields<Source> = Readonly<Record<string, (draft: Draft) => Selection<Source>>>;

/** A request that is being made: its random numbers, who sends it, and its variables so far. */
export class Draft {
  readonly random: Random;
  readonly caller: TestCaller | undefined;
  readonly variables: Record<string, unknown> = {};
  readonly #declared: string[] = [];
  #aliases = 0;
  /** How deep the selection stands; objects that hold each other end somewhere. */
  depth = 0;
  /** Set by an answer that is null because the caller may not see it. */
  hasRefusal = false;

  constructor(seed: number, caller: TestCaller | undefined) {
    this.random = new Random(seed);
    this.caller = caller;
  }

  /** A new variable of this type. */
  variable(type: string, value: unknown): string {
    const name = `v${this.#declared.length}`;
    this.#declared.push(`$${name}: ${type}`);
    this.variables[name] = value;
    return `$${name}`;
  }

  /** A name that no other field of the request has. */
  alias(): string {
    this.#aliases += 1;
    return `f${this.#aliases}`;
  }

  /** Null, told to be a refusal. */
  refuse(): null {
    this.hasRefusal = true;
    return null;
  }

  printOperation(selection: Selection<never>): string {
    const declared = this.#declared.length > 0 ? `(${this.#declared.join(', ')})` : '';
    return `query${declared} { ${selection.text} }`;
  }
}

/** One of the items, of which some may be undefined: what stands for an argument that is not sent. */
export function pickAny<Item>(random: Random, items: readonly Item[]): Item {
  return items[random.integer(0, items.length - 1)] as Item;
}

/** A field without arguments and subfields. */
export function plain<Source>(name: string, answer: (source: Source) => unknown): Fields<Source> {
  return { [name]: () => ({ text: name, answer }) };
}

/** A field that leads to other objects: one, a list of them, or none. */
export function nested<Source, Target>(
  name: string,
  fields: () => Fields<Target>,
  targetsOf: (source: Source) => Target | readonly Target[] | null,
): Fields<Source> {
  return {
    [name]: (draft) => {
      const inner = selectSome(draft, fields());
      return {
        text: `${name} { ${inner.text} }`,
        answer: (source) => {
          const targets = targetsOf(source);
          // A readonly array is not narrowed by isArray.
          if (Array.isArray(targets)) return (targets as readonly Target[]).map((one) => inner.answer(one));
          return targets === null ? null : inner.answer(targets as Target);
        },
      };
    },
  };
}

interface Chosen<Source> {
  readonly key: string;
  readonly text: string;
  readonly selection: Selection<Source>;
}

/** Selects one to four of the fields, some twice under other names, and some that a directive takes away again. */
export function selectSome<Source>(draft: Draft, fields: Fields<Source>): Selection<Source> {
  const names = Object.keys(fields).filter((name) => draft.depth < 4 || !deepFields.has(name));
  const count = names.length === 0 ? 0 : draft.random.integer(1, 4);
  return select(
    draft,
    fields,
    Array.from({ length: count }, () => draft.random.pick(names)),
  );
}

/** Selects these fields. */
export function select<Source>(
  draft: Draft,
  fields: Fields<Source>,
  names: readonly string[],
): Selection<Source> {
  draft.depth += 1;
  const chosen = names.flatMap((name) => {
    const field = fields[name];
    return field ? [choose(draft, field(draft))] : [];
  });
  draft.depth -= 1;
  return {
    text: ['__typename', ...chosen.map(({ text }) => text)].join(' '),
    answer: (source) => {
      const object: Record<string, unknown> = {};
      for (const { key, selection } of chosen) {
        if (key === leftOut) continue;
        const value = selection.answer(source);
        if (selection.isSpread) Object.assign(object, value);
        else object[key] = value;
      }
      return object;
    },
  };
}

const leftOut = '';

/** A field with arguments or subfields has an alias, so that no two of one name collide. */
function choose<Source>(draft: Draft, selection: Selection<Source>): Chosen<Source> {
  const { text } = selection;
  const isPlain = /^\w+$/.test(text);
  const alias = isPlain && draft.random.chance(0.8) ? text : draft.alias();
  const isLeftOut = !selection.isSpread && draft.random.chance(0.04);
  if (selection.isSpread) return { key: alias, text, selection };
  if (isLeftOut)
    return {
      key: leftOut,
      text: `${draft.alias()}: ${withDirective(text, ' @include(if: false)')}`,
      selection,
    };
  return { key: alias, text: inParts(draft, `${alias}: ${text}`), selection };
}

// The objects that lead on to others of their kind.
const deepFields = new Set(['parent', 'children', 'ancestors', 'category', 'products', 'stock', 'warehouse']);

/**
 * The same field in other clothes: in a fragment, or in two parts that are one field to GraphQL, of which the first asks
 * for less.
 */
function inParts({ random }: Draft, field: string): string {
  const place = field.indexOf(' {');
  const whole = random.chance(0.1) ? `... @include(if: true) { ${field} }` : field;
  return place !== -1 && random.chance(0.1) ? `${field.slice(0, place)} { __typename } ${whole}` : whole;
}

/** A directive stands between a field's arguments and its selection. */
function withDirective(text: string, directive: string): string {
  const place = text.indexOf(' {');
  return place === -1 ? `${text}${directive}` : `${text.slice(0, place)}${directive}${text.slice(place)}`;
}

/** Takes `__typename` out of an answer: only its presence keeps a selection from being empty. */
export function withoutTypeNames(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutTypeNames);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== '__typename')
      .map(([key, inner]) => [key, withoutTypeNames(inner)]),
  );
}
