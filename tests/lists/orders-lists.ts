import { type EntityKind, anyEntities, anyList } from './generate-arguments.ts';
import { type ListKind, compareValues } from './list-kind.ts';
import { atOrAfter, before, date, number, oneOf, text } from './row-values.ts';
import { type Row, instants, oddId, statuses } from './rows.ts';
import { type Draft, type Fields, nested, plain, selectSome } from './selection.ts';
import type { StoredRows } from './stored-rows.ts';

/** What can be asked of orders, and what it has to answer from these rows. */
export function ordersLists(stored: StoredRows, draft: Draft) {
  const orders = () => stored.of('orders');
  const isStaff = draft.caller?.scopes?.includes('orders:read:all') === true;
  const isVisible = (order: Row) => isStaff || order['customer_id'] === draft.caller?.subject;
  const shared = {
    sort: { type: 'OrderSort', by: 'PLACED_AT', direction: 'DESC' },
    keysBy: {
      PLACED_AT: [date('placedAt', 'placed_at'), text('id', 'id')],
      TOTAL: [number('totalAmount', 'total_amount'), text('id', 'id')],
    },
    all: orders,
    node: () => orderFields(stored),
  } as const;
  const conditions = [
    oneOf('statuses', 'status', statuses),
    atOrAfter('placedFrom', 'placed_at', instants),
    before('placedBefore', 'placed_at', instants),
  ];
  const ofAll: ListKind<undefined, Row> = {
    ...shared,
    field: 'orders',
    filterType: 'OrderFilter',
    conditions: [
      ...conditions,
      {
        field: 'customerId',
        valueFor: (random) => random.pick(['', 'nobody', oddId(3), oddId(5), oddId(9)]),
        isMet: (order, id: string) => order['customer_id'] === id,
      },
    ],
    rowsOf: orders,
    isRefused: () => !isStaff,
  };
  const ofUser: ListKind<Row, Row> = {
    ...shared,
    field: 'orders',
    filterType: 'UserOrderFilter',
    conditions,
    rowsOf: (user) => orders().filter((order) => order['customer_id'] === user['id']),
    isRefused: (user) => !isStaff && user['id'] !== draft.caller?.subject,
  };
  const entities = [orderEntity(orders, shared.node, isVisible), userEntity(ofUser), productEntity(stored)];
  const roots: Fields<undefined> = {
    ...anyList(ofAll),
    ...anyEntities(entities as EntityKind<never>[]),
    order: ({ random }) => {
      const { id } = random.chance(0.8) ? random.pick(orders()) : { id: 'none' };
      const inner = selectSome(draft, shared.node());
      const found = () => orders().find((order) => order['id'] === id && isVisible(order));
      return {
        text: `order(id: ${draft.variable('ID', id)}) { ${inner.text} }`,
        answer: () => (found() ? inner.answer(found() as Row) : null),
      };
    },
  };
  const walks = [
    { kind: ofAll, table: 'orders', parents: [undefined], typeName: undefined },
    { kind: ofUser, table: 'orders', parents: [{ id: oddId(3) }, { id: oddId(5) }], typeName: 'User' },
  ];
  return { roots, walks };
}

function numberOf(order: Row): string {
  return `FH-${String(order['sequence']).padStart(7, '0')}`;
}

function orderEntity(
  orders: () => readonly Row[],
  fields: () => Fields<Row>,
  isVisible: (order: Row) => boolean,
): EntityKind<Row> {
  return {
    typeName: 'Order',
    fields,
    representationFor: (random) => {
      const order = random.pick(orders());
      return random.pick([
        { id: order['id'] },
        { id: order['id'] },
        { number: numberOf(order) },
        { number: 'FH-9999999' },
        { number: `FH-0${numberOf(order).slice(3)}` },
        { id: '' },
      ]);
    },
    find: ({ id, number: named }) =>
      orders().find(
        (order) => isVisible(order) && (id === undefined ? numberOf(order) === named : order['id'] === id),
      ) ?? null,
  };
}

function userEntity(ofUser: ListKind<Row, Row>): EntityKind<Row> {
  return {
    typeName: 'User',
    fields: () => ({ ...plain('id', (user) => user['id']), ...anyList(ofUser) }),
    representationFor: (random) => ({ id: random.pick(['nobody', oddId(3), oddId(random.integer(0, 30))]) }),
    find: (user) => user,
  };
}

function productEntity(stored: StoredRows): EntityKind<Row> {
  const isCancelled = (id: unknown) =>
    stored.of('orders').find((order) => order['id'] === id)?.['status'] === 'CANCELLED';
  const unitsOf = (product: Row) =>
    stored
      .of('order_items')
      .filter((item) => item['product_id'] === product['id'] && !isCancelled(item['order_id']))
      .reduce((sum, item) => sum + Number(item['quantity']), 0);
  return {
    typeName: 'Product',
    fields: () => ({ ...plain('id', (product) => product['id']), ...plain('unitsOrdered', unitsOf) }),
    representationFor: (random) => ({ id: oddId(random.integer(0, 45)) }),
    find: (product) => product,
  };
}

function orderFields(stored: StoredRows): Fields<Row> {
  const moneyOf = () => ({
    ...plain<Row>('amount', (money) => money['amount']),
    ...plain<Row>('currency', (money) => money['currency']),
  });
  const itemFields = () => ({
    ...plain<Row>('position', (item) => item['position']),
    ...plain<Row>('name', (item) => item['name']),
    ...plain<Row>('quantity', (item) => item['quantity']),
    ...nested<Row, Row>(
      'product',
      () => plain('id', ({ id }) => id),
      (item) => ({ id: item['product_id'] }),
    ),
    ...nested<Row, Row>('unitPrice', moneyOf, (item) => ({
      amount: item['unit_price_amount'],
      currency: item['currency'],
    })),
  });
  const itemsOf = (order: Row) =>
    stored
      .of('order_items')
      .filter((item) => item['order_id'] === order['id'])
      .sort((one, other) => compareValues(Number(one['position']), Number(other['position'])))
      .map((item) => Object.assign({}, item, { currency: order['currency'] }));
  return {
    ...plain('id', (order) => order['id']),
    ...plain('number', numberOf),
    ...plain('status', (order) => order['status']),
    ...plain('placedAt', (order) => order['placed_at']),
    ...plain('cancelledAt', (order) => order['cancelled_at']),
    ...plain('quantity', (order) => order['quantity']),
    ...nested<Row, Row>(
      'customer',
      () => plain('id', ({ id }) => id),
      (order) => ({ id: order['customer_id'] }),
    ),
    ...nested<Row, Row>('total', moneyOf, (order) => ({
      amount: order['total_amount'],
      currency: order['currency'],
    })),
    ...nested<Row, Row>('items', itemFields, itemsOf),
  };
}
