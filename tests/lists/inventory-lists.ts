import { type EntityKind, anyEntities, anyList } from './generate-arguments.ts';
import { type ListKind, compareValues } from './list-kind.ts';
import { atLeast, atMost, text } from './row-values.ts';
import { type Row, oddId } from './rows.ts';
import { type Draft, type Fields, nested, plain, selectSome } from './selection.ts';
import type { StoredRows } from './stored-rows.ts';

/** What can be asked of inventory, and what it has to answer from these rows. */
export function inventoryLists(stored: StoredRows, draft: Draft) {
  const byCode = (one: Row, other: Row) => compareValues(String(one['code']), String(other['code']));
  const warehouses = () => [...stored.of('warehouses')].sort(byCode);
  const levels = () => stored.of('stock_levels');
  const warehouseOf = (level: Row) =>
    warehouses().find((warehouse) => warehouse['id'] === level['warehouse_id']) as Row;
  const bounds = [0, 1, 98, 99, 2_147_483_647, 2_147_483_648, Number.MAX_SAFE_INTEGER];
  const stock: ListKind<Row, Row> = {
    field: 'stock',
    filterType: 'StockFilter',
    sort: null,
    keysBy: { PRODUCT: [text('productId', 'product_id')] },
    conditions: [atLeast('availableFrom', availableAt, bounds), atMost('availableTo', availableAt, bounds)],
    rowsOf: (warehouse) => levels().filter((level) => level['warehouse_id'] === warehouse['id']),
    all: levels,
    node: () => ({ ...levelFields(), ...nested('warehouse', warehouseFields, warehouseOf) }),
  };
  const warehouseFields = (): Fields<Row> => ({
    ...plain('id', (warehouse) => warehouse['id']),
    ...plain('code', (warehouse) => warehouse['code']),
    ...plain('name', (warehouse) => warehouse['name']),
    ...plain('country', (warehouse) => warehouse['country']),
    ...anyList(stock),
  });
  const levelsOf = (product: Row) =>
    levels()
      .filter((level) => level['product_id'] === product['id'])
      .sort((one, other) => byCode(warehouseOf(one), warehouseOf(other)));
  const entities: EntityKind<Row>[] = [
    {
      typeName: 'Warehouse',
      fields: warehouseFields,
      representationFor: (random) => ({ id: random.pick([...warehouses(), { id: 'none' }])['id'] }),
      find: ({ id }) => warehouses().find((warehouse) => warehouse['id'] === id) ?? null,
    },
    {
      typeName: 'Product',
      fields: () => productFields(levelsOf, stock.node),
      representationFor: (random) => ({ id: oddId(random.integer(0, 150)) }),
      find: (product) => product,
    },
  ];
  const roots: Fields<undefined> = {
    ...nested<undefined, Row>('warehouses', warehouseFields, warehouses),
    ...anyEntities(entities as EntityKind<never>[]),
    warehouse: ({ random }) => {
      const [found] = [random.pick([...warehouses(), null])];
      const inner = selectSome(draft, warehouseFields());
      const key = random.pick(['id', 'code']);
      return {
        text: `warehouse(${key}: ${draft.variable(key === 'id' ? 'ID' : 'String', found?.[key] ?? 'none')}) { ${inner.text} }`,
        answer: () => (found ? inner.answer(found) : null),
      };
    },
  };
  const walks = [{ kind: stock, table: 'stock_levels', parents: warehouses(), typeName: 'Warehouse' }];
  return { roots, walks };
}

function availableAt(level: Row): number {
  return Number(level['on_hand']) - Number(level['reserved']);
}

function levelFields(): Fields<Row> {
  return {
    ...plain('onHand', (level) => level['on_hand']),
    ...plain('reserved', (level) => level['reserved']),
    ...plain('available', availableAt),
    ...plain('updatedAt', (level) => level['updated_at']),
    ...nested<Row, Row>(
      'product',
      () => plain('id', ({ id }) => id),
      (level) => ({ id: level['product_id'] }),
    ),
  };
}

function productFields(levelsOf: (product: Row) => readonly Row[], node: () => Fields<Row>): Fields<Row> {
  const sumOf = (product: Row) => levelsOf(product).reduce((sum, level) => sum + availableAt(level), 0);
  return {
    ...plain('id', (product) => product['id']),
    ...plain('inStock', (product) => sumOf(product) > 0),
    ...plain('available', sumOf),
    ...nested('stockLevels', node, levelsOf),
  };
}
