import type { Collection, Db, Document, MongoClient, ObjectId } from 'mongodb';
import { afterAll, beforeAll, beforeEach, type TestContext } from 'vitest';

/** The kinds of `_id` that the suite uses. */
export type RowId = ObjectId | number | string | { readonly a: number } | readonly number[];

/** A document of any shape: the suite is about what the database does with it. */
export interface Row extends Document {
  _id?: RowId;
}

/** What an implementation of MongoDB gives the suite. */
export interface MongoUnderTest {
  /** Connected as a user that may do everything in `database`. */
  readonly client: MongoClient;
  readonly database: string;
  /** The address without user and password, such as `mongodb://127.0.0.1:27017`. */
  readonly address: string;
  readonly user: string;
  readonly password: string;
  /** Where that user is defined. */
  readonly authSource: string;
  close(): Promise<void>;
}

/** Opens the implementation, or gives the reason why there is none. */
export type Connect = () => Promise<MongoUnderTest | { readonly skip: string }>;

/** The database of the tests at hand, and a collection of their own that is empty before each. */
export interface ContractContext {
  readonly db: () => Db;
  readonly rows: () => Collection<Row>;
  readonly mongo: () => MongoUnderTest;
}

/** Connects before the tests of a suite; without an implementation each is skipped with the reason. */
export function openContract(connect: Connect): ContractContext {
  let opened: Awaited<ReturnType<Connect>> = { skip: 'not opened' };
  const mongo = (): MongoUnderTest => {
    if ('skip' in opened) throw new Error(opened.skip);
    return opened;
  };
  const db = (): Db => mongo().client.db(mongo().database);
  beforeAll(async () => {
    opened = await connect();
  });
  beforeEach(async (context: TestContext) => {
    if ('skip' in opened) context.skip(opened.skip);
    for (const { name } of await db().listCollections({}, { nameOnly: true }).toArray()) {
      if (!name.startsWith('system.')) await db().collection(name).drop();
    }
  });
  afterAll(async () => {
    if (!('skip' in opened)) await opened.close();
  });
  return { db, rows: () => db().collection<Row>('rows'), mongo };
}

/** The error of an action that must fail. */
export async function errorOf(action: Promise<unknown>): Promise<Record<string, unknown>> {
  try {
    await action;
  } catch (error) {
    // An error of the driver: its fields are what the tests look at.
    if (error instanceof Error) return error as unknown as Record<string, unknown>;
  }
  throw new Error('Expected the action to fail');
}
