import { pino } from 'pino';

import { findSubgraph, loadProject } from '../../cli/project.ts';
import { loadSubgraph } from '../../cli/service-modules.ts';
import { type RunningSubgraph, serveSubgraph } from '../../subgraphs/kit/serve-subgraph.ts';
import { Random } from '../differential/random.ts';
import { type SubgraphAnswer, askSubgraphAs } from '../support/ask-subgraph.ts';
import { type ServiceDatabaseUnderTest, openServiceDatabase } from '../support/service-database.ts';
import { type TestCaller, makeTestKeys } from '../support/signed-caller.ts';
import { accountsLists } from './accounts-lists.ts';
import { catalogLists } from './catalog-lists.ts';
import { inventoryLists } from './inventory-lists.ts';
import type { ListKind } from './list-kind.ts';
import { ordersLists } from './orders-lists.ts';
import { reviewsLists } from './reviews-lists.ts';
import * as rows from './rows.ts';
import { Draft, type Fields, type Selection, selectSome, withoutTypeNames } from './selection.ts';
import { type StoredRows, storeInMongo, storeInPostgres } from './stored-rows.ts';

/** One list of a service, for reading it page by page. */
export interface WalkedList {
  readonly kind: ListKind<rows.Row | undefined, rows.Row>;
  readonly table: string;
  readonly parents: readonly (rows.Row | undefined)[];
  /** The entity that the list belongs to; undefined for a list of the root. */
  readonly typeName: string | undefined;
}

interface ServiceLists {
  readonly roots: Fields<undefined>;
  readonly walks: readonly WalkedList[];
}

const services = {
  accounts: { lists: accountsLists, rows: rows.userRows, store: storeInPostgres },
  catalog: {
    lists: catalogLists,
    rows: () => ({ categories: rows.categoryRows(), products: rows.productRows() }),
    store: storeInMongo,
  },
  inventory: { lists: inventoryLists, rows: rows.stockRows, store: storeInPostgres },
  orders: { lists: ordersLists, rows: rows.orderRows, store: storeInPostgres },
  reviews: { lists: reviewsLists, rows: () => ({ reviews: rows.reviewRows() }), store: storeInMongo },
} as const;

export type ServiceName = keyof typeof services;
export const serviceNames = Object.keys(services) as ServiceName[];

const staff: TestCaller = { subject: 'staff', scopes: ['users:read:all', 'orders:read:all', 'stock:write'] };
const callers = [staff, staff, staff, { subject: rows.oddId(3) }, { subject: rows.oddId(5) }];

/** One service on a database of its own, and what its database holds. */
export class ListRun {
  readonly name: ServiceName;
  readonly stored: StoredRows;
  readonly #service: RunningSubgraph;
  readonly #database: ServiceDatabaseUnderTest;

  private constructor(
    name: ServiceName,
    stored: StoredRows,
    service: RunningSubgraph,
    database: ServiceDatabaseUnderTest,
  ) {
    this.name = name;
    this.stored = stored;
    this.#service = service;
    this.#database = database;
  }

  static async start(name: ServiceName): Promise<ListRun> {
    const database = await openServiceDatabase(name, 0);
    const { rows: makeRows, store } = services[name];
    const stored = await store(database.ownerUrl, makeRows());
    const service = await serveSubgraph(await loadSubgraph(findSubgraph(await loadProject(), name)), {
      databaseUrl: database.url,
      port: 0,
      signingKeys: makeTestKeys(name),
      log: pino({ level: 'silent' }),
    });
    return new ListRun(name, stored, service, database);
  }

  /** A request to come, and what the service lists for its caller. */
  draft(seed: number, caller?: TestCaller): { readonly draft: Draft; readonly lists: ServiceLists } {
    const draft = new Draft(seed, caller ?? new Random(seed ^ 0x5eed).pick(callers));
    return { draft, lists: services[this.name].lists(this.stored, draft) as unknown as ServiceLists };
  }

  draftAsStaff(seed: number): { readonly draft: Draft; readonly lists: ServiceLists } {
    return this.draft(seed, staff);
  }

  async ask(draft: Draft, selection: Selection<never>): Promise<SubgraphAnswer> {
    const { url } = this.#service;
    return await askSubgraphAs(
      draft.caller,
      { service: this.name, url },
      draft.printOperation(selection),
      draft.variables,
    );
  }

  /** How the answer to a random request differs from what the rows say; undefined when it does not. */
  async compareAnswer(seed: number): Promise<string | undefined> {
    const { draft, lists } = this.draft(seed);
    return await this.compare(draft, selectSome(draft, lists.roots));
  }

  /** Asks for a selection and compares. */
  async compare(draft: Draft, selection: Selection<undefined>): Promise<string | undefined> {
    const answered = await this.ask(draft, selection);
    const expected = print(selection.answer(undefined));
    const actual = print(withoutTypeNames(answered.data));
    const codes = answered.errors.map((error) => error.extensions.code);
    const isAsRefused = draft.hasRefusal
      ? codes.length > 0 && codes.every((code) => code === 'FORBIDDEN')
      : codes.length === 0;
    if (expected === actual && isAsRefused) return undefined;
    let place = 0;
    while (place < expected.length && expected[place] === actual[place]) place += 1;
    return [
      `${draft.printOperation(selection)}\nwith ${print(draft.variables)}`,
      `expected …${expected.slice(Math.max(0, place - 300), place + 300)}`,
      `answered …${actual.slice(Math.max(0, place - 300), place + 300)}`,
      ...answered.errors.slice(0, 3).map(({ message }) => message),
    ].join('\n');
  }

  async close(): Promise<void> {
    await this.#service.close();
    await this.stored.close();
    await this.#database.close();
  }
}

/** As JSON, with the keys of objects in order. */
function print(value: unknown): string {
  return JSON.stringify(value ?? null, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([one], [other]) => (one < other ? -1 : 1)))
      : inner,
  );
}
