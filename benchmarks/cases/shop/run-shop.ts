import { isInputObjectType } from 'graphql';
import { MongoClient } from 'mongodb';

import { tieToCore } from '../../support/child.ts';
import { sendOnce } from '../../support/load.ts';
import {
  type StatementCounter,
  openMongoCounter,
  openPostgresCounter,
} from './databases/count-statements.ts';
import { type BenchmarkShop, startBenchmarkShop } from './databases/start-shop.ts';
import { reviewsOf } from './documents.ts';
import { type Measurement, bodyOf, countStatements, measureInTurns, warmUp } from './measure.ts';
import { type ShopOperation, listOperations } from './operations.ts';
import { printOperation } from './print-shop.ts';
import { type RunningSide, benchmarkUser, listSides } from './sides/list-sides.ts';
import { buildShopSchema } from './sides/read-schemas.ts';

type Sides = ReadonlyMap<string, RunningSide>;

/** What names a review in the input of the mutation; the reviews are the caller's own. */
async function readReviewInputs(shop: BenchmarkShop): Promise<object[]> {
  const url = shop.databases.find(({ service }) => service === 'reviews')?.url ?? '';
  const client = await new MongoClient(url).connect();
  try {
    const found = await reviewsOf(client.db()).find({ authorId: benchmarkUser }).sort({ _id: 1 }).toArray();
    // Where the service does not take the author from the token, the input says who it is.
    const { UpdateReviewInput } = (await buildShopSchema()).getTypeMap();
    const hasAuthor = isInputObjectType(UpdateReviewInput) && 'authorId' in UpdateReviewInput.getFields();
    return found.map(({ _id, authorId }) => ({ id: _id, ...(hasAuthor ? { authorId } : {}) }));
  } finally {
    await client.close();
  }
}

/** Holds every side to the same answers, to the byte, and answers how long they are. */
async function compareAnswers(sides: Sides, operation: ShopOperation, length: number): Promise<number> {
  let bytes = 0;
  for (let index = 0; index < 3; index += 1) {
    let expected: { readonly name: string; readonly text: string } | undefined;
    for (const [name, side] of sides) {
      const answer = await sendOnce(side.url, bodyOf(operation, length, index), side.headers);
      const text = JSON.stringify(answer);
      if (!text.startsWith('{"data":') || text.includes('"errors":[{'))
        throw new Error(`${operation.name} with ${length}: ${name} answers ${text.slice(0, 2000)}`);
      expected ??= { name, text };
      if (text !== expected.text)
        throw new Error(
          `${operation.name} with ${length}: ${name} answers otherwise than ${expected.name}:\n${findDifference(text, expected.text)}`,
        );
      bytes = text.length;
    }
  }
  return bytes;
}

function findDifference(one: string, other: string): string {
  let place = 0;
  while (one[place] === other[place]) place += 1;
  const from = Math.max(0, place - 200);
  return `${one.slice(from, place + 200)}\n${other.slice(from, place + 200)}`;
}

async function openCounters({ databases }: BenchmarkShop): Promise<StatementCounter[]> {
  return Promise.all(
    databases.map(({ kind, ownerUrl }) =>
      kind === 'postgres' ? openPostgresCounter(ownerUrl) : openMongoCounter(ownerUrl),
    ),
  );
}

/** Compares all answers, then counts all statements: both before any load, which would disturb them. */
async function compareAndCount(
  sides: Sides,
  operations: readonly ShopOperation[],
  shop: BenchmarkShop,
): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for (const operation of operations)
    for (const length of operation.lengths) {
      const bytes = await compareAnswers(sides, operation, length);
      console.log(`${operation.name}, ${length}: all ${sides.size} sides answer the same ${bytes} bytes`);
    }
  const counters = await openCounters(shop);
  try {
    for (const operation of operations)
      for (const length of operation.lengths)
        for (const [name, side] of sides)
          counts.set(
            `${operation.name} ${length} ${name}`,
            await countStatements(side, operation, length, counters),
          );
  } finally {
    await Promise.all(counters.map((counter) => counter.close()));
  }
  return counts;
}

async function runSides(
  sides: Sides,
  operations: readonly ShopOperation[],
  shop: BenchmarkShop,
): Promise<void> {
  const counts = await compareAndCount(sides, operations, shop);
  for (const side of sides.values())
    for (const operation of operations)
      for (const length of operation.lengths) await warmUp(side, operation, length);
  for (const operation of operations) {
    const result = new Map([...sides.keys()].map((name) => [name, new Map<number, Measurement>()]));
    for (const length of operation.lengths)
      for (const [name, load] of await measureInTurns(sides, operation, length, shop)) {
        const statements = counts.get(`${operation.name} ${length} ${name}`) ?? Number.NaN;
        result.get(name)?.set(length, { statements, ...load });
      }
    printOperation(operation, result);
  }
}

/** Those whose names contain one of the words; all when no word is about them. */
function select<Named extends { readonly name: string }>(
  all: readonly Named[],
  words: readonly string[],
): readonly Named[] {
  const chosen = all.filter(({ name }) => words.some((word) => name.includes(word)));
  return chosen.length === 0 ? all : chosen;
}

/** `npm run bench -- shop [word...]`: the sides and the operations whose names contain one of the words, or all. */
export async function runShopBenchmark(words: readonly string[]): Promise<void> {
  // Services and databases need both cores, and inherit from here.
  tieToCore('any');
  const shop = await startBenchmarkShop();
  const running = new Map<string, RunningSide>();
  try {
    const reviews = await readReviewInputs(shop);
    const all = listOperations((index) => reviews[index % reviews.length] ?? {});
    const names = [...all, ...listSides()].map(({ name }) => name);
    const unknown = words.filter((word) => !names.some((name) => name.includes(word)));
    if (unknown.length > 0)
      throw new Error(
        `No side and no operation is named ${unknown.join(', ')}; there are ${names.join('; ')}`,
      );
    for (const side of select(listSides(), words)) running.set(side.name, await side.start(shop));
    await runSides(running, select(all, words), shop);
  } finally {
    await Promise.all([...running.values()].map((side) => side.close()));
    await shop.close();
  }
}
