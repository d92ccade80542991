import { printValue } from '../values/print-value.ts';
import { CommandError } from '../command-error.ts';
import { compileExpression, isOperator } from '../aggregate/expressions.ts';
import { isTruthy } from '../aggregate/truth.ts';
import { type BsonDocument, fieldOf, isDocument, setField } from '../values/bson-document.ts';
import { isNumeric } from '../values/bson-type.ts';
import { compileFilter } from './compile-filter.ts';
import { matchedIndex } from './positional.ts';
import { textScoreOf, TEXT_SCORE } from './text-score.ts';

/** Makes the document that is shown from the one that was found. */
export type Projection = (document: BsonDocument) => BsonDocument;

interface Include {
  readonly kind: 'include';
}
interface Exclude {
  readonly kind: 'exclude';
}
interface Computed {
  readonly kind: 'compute';
  readonly compute: (root: BsonDocument, value: unknown) => unknown;
  /** True for what says nothing on the other fields: `$slice` and `$meta`. */
  readonly isNeutral: boolean;
}
interface Branch {
  readonly kind: 'branch';
  readonly children: Map<string, Node>;
}
type Node = Include | Exclude | Computed | Branch;

interface Parsing {
  readonly filter: BsonDocument | null;
  readonly variables: BsonDocument | undefined;
}

function sliceOf(operand: unknown): (value: unknown) => unknown {
  const [first, second] = Array.isArray(operand) ? (operand as unknown[]) : [operand];
  const isValid = Array.isArray(operand)
    ? isNumeric(first) && isNumeric(second) && Number(second) > 0
    : isNumeric(first);
  if (!isValid) {
    throw new CommandError(
      'Location28667',
      '$slice only supports numbers and [skip, limit] arrays, with a positive limit',
    );
  }
  const skip = Number(first);
  return (value) => {
    if (!Array.isArray(value)) return value;
    if (!Array.isArray(operand)) return skip < 0 ? value.slice(skip) : value.slice(0, skip);
    const start = skip < 0 ? Math.max(0, value.length + skip) : skip;
    return value.slice(start, start + Number(second));
  };
}

function elementOf(operand: unknown): (value: unknown) => unknown {
  if (!isDocument(operand)) {
    throw new CommandError('BadValue', 'elemMatch: Invalid argument, object required');
  }
  const matches = compileFilter({ array: { $elemMatch: operand } });
  return (value) => {
    if (!Array.isArray(value)) return undefined;
    const found = value.findIndex((element: unknown) => matches({ array: [element] }));
    return found === -1 ? undefined : [value[found]];
  };
}

function parseOperator(value: BsonDocument, parsing: Parsing): Computed {
  if (parsing.filter !== null && Object.hasOwn(value, '$slice')) {
    const slice = sliceOf(value['$slice']);
    return { kind: 'compute', isNeutral: true, compute: (_root, field) => slice(field) };
  }
  if (parsing.filter !== null && Object.hasOwn(value, '$elemMatch')) {
    const pick = elementOf(value['$elemMatch']);
    return { kind: 'compute', isNeutral: false, compute: (_root, field) => pick(field) };
  }
  if (Object.hasOwn(value, '$meta')) {
    if (value['$meta'] !== 'textScore') {
      throw new CommandError('Location17308', `Unsupported argument to $meta: ${printValue(value['$meta'])}`);
    }
    return { kind: 'compute', isNeutral: true, compute: (root) => textScoreOf(root) };
  }
  const [operator = ''] = Object.keys(value);
  if (!isOperator(operator)) {
    throw new CommandError(
      'Location31325',
      `Invalid $project :: caused by :: Unknown expression ${operator}`,
    );
  }
  const evaluate = compileExpression(value, parsing.variables);
  return { kind: 'compute', isNeutral: false, compute: (root) => evaluate(root) };
}

function isFlag(value: unknown): boolean {
  return typeof value === 'boolean' || isNumeric(value);
}

function parseNode(name: string, value: unknown, parsing: Parsing): Node {
  if (isFlag(value)) return { kind: isTruthy(value) ? 'include' : 'exclude' };
  if (!isDocument(value)) {
    const evaluate = compileExpression(value, parsing.variables);
    return { kind: 'compute', isNeutral: false, compute: (root) => evaluate(root) };
  }
  const keys = Object.keys(value);
  if (keys.length === 0) {
    throw new CommandError(
      'Location51270',
      'An empty sub-projection is not a valid value. Found empty object at path',
    );
  }
  if (keys[0]?.startsWith('$') === true) return parseOperator(value, parsing);
  const branch: Branch = { kind: 'branch', children: new Map() };
  for (const [child, childValue] of Object.entries(value)) {
    place(branch, child.split('.'), parseNode(child, childValue, parsing), `${name}.${child}`);
  }
  return branch;
}

function place(branch: Branch, parts: readonly string[], node: Node, path: string): void {
  const [part = '', ...rest] = parts;
  if (part === '') throw new CommandError('Location40353', 'FieldPath must not be empty or end with a "."');
  const there = branch.children.get(part);
  if (rest.length === 0) {
    if (there !== undefined) {
      throw new CommandError('Location31249', `Path collision at ${path}`);
    }
    branch.children.set(part, node);
    return;
  }
  if (there !== undefined && there.kind !== 'branch') {
    throw new CommandError('Location31249', `Path collision at ${path} remaining portion ${rest.join('.')}`);
  }
  const next: Branch = there?.kind === 'branch' ? there : { kind: 'branch', children: new Map() };
  branch.children.set(part, next);
  place(next, rest, node, path);
}

function kindsIn(branch: Branch, isRoot: boolean, into: Set<string>): Set<string> {
  for (const [name, node] of branch.children) {
    if (node.kind === 'branch') kindsIn(node, false, into);
    else if (isRoot && name === '_id' && node.kind !== 'compute') continue;
    else if (node.kind === 'compute') into.add(node.isNeutral ? 'neutral' : 'include');
    else into.add(node.kind);
  }
  return into;
}

function includeInto(value: unknown, branch: Branch, root: BsonDocument): unknown {
  if (Array.isArray(value)) {
    return value
      .filter((element) => isDocument(element) || Array.isArray(element))
      .map((element: unknown) => includeInto(element, branch, root));
  }
  if (!isDocument(value)) return hasComputed(branch) ? includeInto({}, branch, root) : undefined;
  const shown: BsonDocument = {};
  for (const [name, field] of Object.entries(value)) {
    const node = branch.children.get(name);
    if (node === undefined || node.kind === 'exclude' || node.kind === 'compute') continue;
    const kept = node.kind === 'include' ? field : includeInto(field, node, root);
    if (kept !== undefined) setField(shown, name, kept);
  }
  for (const [name, node] of branch.children) {
    if (node.kind === 'compute') {
      const made = node.compute(root, fieldOf(value, name));
      if (made !== undefined) setField(shown, name, made);
    } else if (node.kind === 'branch' && !Object.hasOwn(value, name) && hasComputed(node)) {
      setField(shown, name, includeInto({}, node, root));
    }
  }
  return shown;
}

function hasComputed(branch: Branch): boolean {
  return [...branch.children.values()].some(
    (node) => node.kind === 'compute' || (node.kind === 'branch' && hasComputed(node)),
  );
}

function excludeFrom(value: unknown, branch: Branch, root: BsonDocument): unknown {
  if (Array.isArray(value)) return value.map((element) => excludeFrom(element, branch, root));
  if (!isDocument(value)) return value;
  const shown: BsonDocument = {};
  for (const [name, field] of Object.entries(value)) {
    const node = branch.children.get(name);
    if (node === undefined || node.kind === 'include') setField(shown, name, field);
    else if (node.kind === 'branch') setField(shown, name, excludeFrom(field, node, root));
    else if (node.kind === 'compute') {
      const made = node.compute(root, field);
      if (made !== undefined) setField(shown, name, made);
    }
  }
  for (const [name, node] of branch.children) {
    if (node.kind !== 'compute' || Object.hasOwn(value, name)) continue;
    const made = node.compute(root, undefined);
    if (made !== undefined) setField(shown, name, made);
  }
  return shown;
}

// `{ 'items.$': 1 }` shows the element that made the document match.
function parsePositional(path: string, filter: BsonDocument | null): Computed {
  if (filter === null) {
    throw new CommandError('Location16410', "FieldPath field names may not start with '$'");
  }
  const arrayPath = path.slice(0, -'.$'.length);
  return {
    kind: 'compute',
    isNeutral: false,
    compute(root, value) {
      if (!Array.isArray(value)) return value;
      const found = matchedIndex(root, filter, arrayPath);
      if (found === -1) {
        throw new CommandError(
          'Location51246',
          "Executor error during find command :: caused by :: positional operator '.$' couldn't find a matching element in the array",
        );
      }
      return [value[found]];
    },
  };
}

function parse(specification: BsonDocument, parsing: Parsing): Branch {
  const branch: Branch = { kind: 'branch', children: new Map() };
  for (const [path, value] of Object.entries(specification)) {
    if (path.startsWith('$')) {
      throw new CommandError(
        'Location16410',
        `FieldPath field names may not start with '$'. Consider using $getField or $setField. Found: ${path}`,
      );
    }
    if (path.endsWith('.$')) {
      place(branch, path.slice(0, -2).split('.'), parsePositional(path, parsing.filter), path);
    } else {
      place(branch, path.split('.'), parseNode(path, value, parsing), path);
    }
  }
  return branch;
}

function withScore(from: BsonDocument, to: BsonDocument): BsonDocument {
  const score = textScoreOf(from);
  return score === undefined ? to : Object.assign(to, { [TEXT_SCORE]: score });
}

/**
 * Compiles a projection. `filter` is that of the find, for which `$slice`, `$elemMatch` and the
 * positional `$` are allowed; `null` for a `$project` stage, where they are not.
 */
export function compileProjection(
  specification: BsonDocument,
  filter: BsonDocument | null,
  variables?: BsonDocument,
): Projection {
  const branch = parse(specification, { filter, variables });
  const kinds = kindsIn(branch, true, new Set());
  if (kinds.has('include') && kinds.has('exclude')) {
    const isExclusionFirst = Object.values(specification).find(isFlag) === 0;
    throw new CommandError(
      isExclusionFirst ? 'Location31253' : 'Location31254',
      isExclusionFirst
        ? 'Cannot do inclusion on a field in exclusion projection'
        : 'Cannot do exclusion on a field in inclusion projection',
    );
  }
  const id = branch.children.get('_id');
  const isInclusion = kinds.has('include') || (kinds.size === 0 && id?.kind === 'include');
  if (!isInclusion) {
    return (document) => withScore(document, excludeFrom(document, branch, document) as BsonDocument);
  }
  if (id === undefined) branch.children.set('_id', { kind: 'include' });
  return (document) => withScore(document, includeInto(document, branch, document) as BsonDocument);
}
