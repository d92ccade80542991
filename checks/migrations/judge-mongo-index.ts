import type { IndexFacts, TableFacts } from '../databases/database-facts.ts';
import {
  describeIndex,
  isSet,
  listDroppedIndexes,
  listIndexes,
  printIndex,
  readIndexChange,
  type MongoIndex,
} from '../databases/mongo-index.ts';
import type { MongoCommand } from '../databases/mongo-migration.ts';
import { contract, expand, type Hazard, type HazardContext, type JudgedStatement } from './hazard.ts';
import { dropIndexHazard } from './judge-constraint.ts';
import { refused } from './unjudged.ts';

type Judged = Omit<JudgedStatement, 'line'>;

/** Judges an index that a collection gets. */
export function createIndex(target: string, index: MongoIndex, context: HazardContext): Judged {
  const facts = describeIndex(index);
  const label = facts.name;
  const summary = `create ${facts.isUnique ? 'unique ' : ''}index ${target}.${label}`;
  const clash = findClash(context.now.tables.get(target), facts);
  if (clash !== undefined) return contract(summary, refuseIndex(target, facts, clash));
  if (!context.deployed.tables.has(target)) return expand(summary);
  const hazards = [
    ...(facts.isUnique ? [makeUnique(target, label, facts.columns)] : []),
    ...(index['expireAfterSeconds'] === undefined ? [] : [expire(target, label, facts.columns, index)]),
  ];
  return hazards.length === 0 ? expand(summary) : contract(summary, ...hazards);
}

/** MongoDB keeps one index of a name, and one of a key with the same collation and filter. */
function findClash(table: TableFacts | undefined, index: IndexFacts): IndexFacts | undefined {
  const named = table?.indexes.get(index.name);
  if (named !== undefined) return printIndex(named) === printIndex(index) ? undefined : named;
  return [...(table?.indexes.values() ?? [])].find((one) => printIndex(one) === printIndex(index));
}

function refuseIndex(table: string, { name }: IndexFacts, clash: IndexFacts): Hazard {
  return {
    ...refused(
      table,
      name === clash.name
        ? `Index ${name} of ${table} is there already, with another key or other options.`
        : `Index ${name} of ${table} is there already under the name ${clash.name}.`,
      'An index does not change by being made again.',
      [`Drop ${clash.name} first (dropIndexes), or give the new one another name and key.`],
      'MongoDB',
    ),
    part: name,
  };
}

function makeUnique(table: string, part: string, columns: readonly string[]): Hazard {
  return {
    rule: 'unique-added',
    severity: 'warning',
    table,
    part,
    what: `Unique index ${part} makes (${columns.join(', ')}) unique in ${table}.`,
    why: 'It fails when two documents are equal, and from then on refuses what an older version may write.',
    next: ['Look for duplicates first ($group by the key, $match count above 1), and mend them.'],
  };
}

function expire(
  table: string,
  part: string,
  columns: readonly string[],
  options: Readonly<Record<string, unknown>>,
): Hazard {
  return {
    rule: 'rows-deleted',
    severity: 'warning',
    table,
    part,
    what: `Index ${part} lets MongoDB delete documents of ${table} ${JSON.stringify(options['expireAfterSeconds'])} seconds after ${columns.join(', ')}.`,
    why: 'It begins within a minute, with all documents that are old enough by then, and the data is lost.',
    next: ['Count the documents that are old enough already, and see that nobody needs them; keep a backup.'],
  };
}

/** Judges dropIndexes. What is built anew by the same file is told as what it is: other options, and a while without. */
export function dropIndexes(target: string, body: MongoCommand['body'], context: HazardContext): Judged[] {
  const table = context.now.tables.get(target);
  if (table === undefined) return [contract(`drop indexes of ${target}`)];
  return listDroppedIndexes(body, table).map((name) => {
    const index = table.indexes.get(name);
    const summary = `drop index ${target}.${name}`;
    if (index === undefined) return contract(summary, missingIndex(target, name));
    if (!context.deployed.tables.has(target)) return contract(summary);
    const next = findNext(target, index, context);
    const hazard = dropIndexHazard(target, name, index.columns, index.isUnique);
    if (next === undefined) return contract(summary, hazard);
    return contract(summary, {
      ...hazard,
      what: `Index ${name} on ${target} (${index.columns.join(', ')}) is dropped and made anew: ${describeChange(index, next)}.`,
      why: `${next.isPartial && !index.isPartial ? 'The new one answers only some of the searches that this one answers. ' : ''}Until the new one is built, a search or order by these columns reads the whole collection${index.isUnique ? ', and nothing keeps the values unique' : ''}.`,
      next: ['Make the new index under another name first, and drop this one when it is built.'],
    });
  });
}

function findNext(
  target: string,
  index: IndexFacts,
  { laterCommands }: HazardContext,
): IndexFacts | undefined {
  return laterCommands
    .filter(({ name, body }) => name === 'createIndexes' && body[name] === target)
    .flatMap(({ body }) => listIndexes(body).map(describeIndex))
    .find(({ columns }) => columns.join() === index.columns.join());
}

/** `unique, without sparse`: the options that come and go. */
function describeChange(before: IndexFacts, after: IndexFacts): string {
  const read = ({ specification = {} }: IndexFacts) => specification;
  const names = [...new Set([...Object.keys(read(before)), ...Object.keys(read(after))])].filter(
    (name) => name !== 'key' && name !== 'name',
  );
  const changes = names
    .filter((name) => JSON.stringify(read(before)[name]) !== JSON.stringify(read(after)[name]))
    .map((name) =>
      isSet(read(after)[name]) ? `with ${name} ${JSON.stringify(read(after)[name])}` : `without ${name}`,
    );
  return changes.length === 0 ? 'with the same options' : changes.join(', ');
}

function missingIndex(table: string, name: string): Hazard {
  return {
    ...refused(
      table,
      `Index ${name} of ${table} is made by no migration before this command.`,
      'It does not drop what is not there.',
      ['Mend the name.'],
      'MongoDB',
    ),
    part: name,
    severity: 'warning',
  };
}

/** Judges what collMod does to an index; undefined when it is about none. */
export function changeIndex(
  target: string,
  body: MongoCommand['body'],
  table: TableFacts,
): Judged | undefined {
  const { index, change } = readIndexChange(body, table) ?? {};
  if (change === undefined) return undefined;
  const name = index?.name ?? change.name ?? '';
  const summary = `change index ${target}.${name}`;
  if (index === undefined) return contract(summary, missingIndex(target, name));
  const hazards: Hazard[] = [];
  if (isSet(change['hidden']) && index.isHidden !== true)
    hazards.push({
      ...dropIndexHazard(target, name, index.columns, false),
      what: `Index ${name} on ${target} (${index.columns.join(', ')}) is hidden: no search uses it any more.`,
      next: ['Keep the index visible as long as an operation searches or orders by it.'],
    });
  if ((isSet(change['unique']) || isSet(change['prepareUnique'])) && !index.isUnique)
    hazards.push(makeUnique(target, name, index.columns));
  if (change['expireAfterSeconds'] !== undefined) hazards.push(expire(target, name, index.columns, change));
  return hazards.length === 0 ? expand(summary) : contract(summary, ...hazards);
}
