import { isMap, isPair, isScalar, isSeq, parseDocument, visit, type Node, type Pair } from 'yaml';

/**
 * The text of a Compose file with a service more: whatever it says of `template`, a service with the same kind of
 * database, it then says of `service` too. Comments and order stay. The same text when it says nothing of `template`.
 */
export function addToComposeFile(text: string, names: ComposeNames): string {
  const document = parseDocument(text, { logLevel: 'silent' });
  const added = isNode(document.contents) ? duplicateWithin(document.contents, names) : 0;
  return added === 0 ? text : document.toString({ lineWidth: 0 });
}

export interface ComposeNames {
  readonly template: string;
  readonly service: string;
  /** The services that are there: what is of `orders-archive` is not of `orders`. */
  readonly known: readonly string[];
}

/** Goes down to what bears the template's name, and puts a renamed copy of it behind it. */
function duplicateWithin(node: Node, names: ComposeNames): number {
  let added = 0;
  const copies: unknown[] = [];
  if (!isMap(node) && !isSeq(node)) return 0;
  for (const item of node.items) {
    const name = isPair(item) ? item.key : item;
    if (isScalar(name) && bearsName(name.value, names)) copies.push(renamed(item as Node | Pair, names));
    else {
      const inner = isPair(item) ? item.value : item;
      if (isNode(inner)) added += duplicateWithin(inner, names);
    }
  }
  // What is copied is of the kind that the collection has already.
  (node.items as unknown[]).push(...copies);
  return added + copies.length;
}

function bearsName(value: unknown, { template, known }: ComposeNames): boolean {
  if (typeof value !== 'string') return false;
  const owners = known.filter((service) => value === service || value.startsWith(`${service}-`));
  return owners.includes(template) && owners.every(({ length }) => length <= template.length);
}

function renamed(item: Node | Pair, { template, service }: ComposeNames): Node | Pair {
  const copy = item.clone() as Node | Pair;
  const variable = (name: string): string => name.toUpperCase().replaceAll('-', '_');
  visit(copy as Node, {
    Scalar(_key, scalar) {
      scalar.commentBefore = null;
      scalar.comment = null;
      if (typeof scalar.value !== 'string') return;
      const value = scalar.value
        .replaceAll(new RegExp(`\\b${template}\\b`, 'g'), service)
        .replaceAll(`${variable(template)}_DATABASE`, `${variable(service)}_DATABASE`);
      scalar.value = value;
      // What it was written as, which would be written again.
      delete scalar.source;
    },
  });
  return copy;
}

function isNode(value: unknown): value is Node {
  return isMap(value) || isSeq(value) || isScalar(value);
}
