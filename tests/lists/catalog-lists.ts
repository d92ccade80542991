import { type EntityKind, anyEntities, anyList } from './generate-arguments.ts';
import { type ListKind, compareValues } from './list-kind.ts';
import { atLeast, atMost, date, number, oneOf, text } from './row-values.ts';
import { type Row, amounts, oddId, words } from './rows.ts';
import { type Draft, type Fields, nested, plain, selectSome } from './selection.ts';
import type { StoredRows } from './stored-rows.ts';

const typeOfKind: Readonly<Record<string, string>> = { BOOK: 'Book', DEVICE: 'Device', APPAREL: 'Apparel' };
const ownFields: Readonly<Record<string, readonly string[]>> = {
  BOOK: ['author', 'isbn', 'pages'],
  DEVICE: ['brand', 'warrantyMonths'],
  APPAREL: ['sizes', 'colour', 'material'],
};

/** What can be asked of the catalog, and what it has to answer from these documents. */
export function catalogLists(stored: StoredRows, draft: Draft) {
  const products = () => stored.of('products');
  const byName = (one: Row, other: Row) => compareValues(String(one['name']), String(other['name']));
  const categories = () => [...stored.of('categories')].sort(byName);
  const categoryOf = (id: unknown) => categories().find((category) => category['_id'] === id) ?? null;
  const shared = listOfProducts(stored, () => productFields(categoryOf, categoryFields));
  const ofAll: ListKind<undefined, Row> = {
    ...shared,
    rowsOf: products,
    search: {
      valueFor: (random) =>
        random.pick([
          '',
          ' ',
          '!',
          'a',
          'AB',
          'apf',
          'Äp',
          'STRASS',
          'straß',
          'x-y',
          'don t',
          'οδοσ',
          'ΟΔΟΣ',
          '日',
          'iz a',
          ...words,
        ]),
      isMet: (product, search) => {
        const known = wordsOf(searchedText(product));
        return wordsOf(search).every((word) => known.some((one) => one.startsWith(word)));
      },
    },
  };
  const ofCategory: ListKind<Row, Row> = {
    ...shared,
    rowsOf: (category) => products().filter((one) => isIn(one, category['_id'])),
  };
  const categoryFields = (): Fields<Row> => ({
    ...plain('id', (category) => category['_id']),
    ...plain('name', (category) => category['name']),
    ...plain('slug', (category) => category['slug']),
    ...nested('parent', categoryFields, (category) => categoryOf(category['parentId'])),
    ...nested<Row, Row>('children', categoryFields, (category) =>
      categories().filter((one) => one['parentId'] === category['_id']),
    ),
    ...nested<Row, Row>('ancestors', categoryFields, (category) =>
      (category['ancestorIds'] as string[]).map((id) => categoryOf(id) as Row),
    ),
    ...anyList(ofCategory),
  });
  const roots: Fields<undefined> = {
    ...anyList(ofAll),
    ...nested<undefined, Row>('categories', categoryFields, () =>
      categories().filter((category) => category['parentId'] === null),
    ),
    ...anyEntities(entitiesOf(stored, shared.node, categoryFields) as EntityKind<never>[]),
    category: ({ random }) => {
      const found = random.pick([...categories(), null]);
      const inner = selectSome(draft, categoryFields());
      const argument = random.chance(0.5)
        ? `id: ${draft.variable('ID', found?.['_id'] ?? 'none')}`
        : `slug: ${draft.variable('String', found?.['slug'] ?? '')}`;
      return {
        text: `category(${argument}) { ${inner.text} }`,
        answer: () => (found ? inner.answer(found) : null),
      };
    },
  };
  const walks = [
    { kind: ofAll, table: 'products', parents: [undefined], typeName: undefined },
    { kind: ofCategory, table: 'products', parents: categories(), typeName: 'Category' },
  ];
  return { roots, walks };
}

function isIn(product: Row, category: unknown): boolean {
  return (product['categoryIds'] as unknown[]).includes(category);
}

const priceOf = (product: Row) => (product['price'] as { readonly amount: number }).amount;

function listOfProducts(stored: StoredRows, node: () => Fields<Row>) {
  const bounds = [...amounts, 2_147_483_648, Number.MAX_SAFE_INTEGER];
  const id = text('_id', '_id');
  return {
    field: 'products',
    filterType: 'ProductFilter',
    sort: { type: 'ProductSort', by: 'NAME', direction: 'ASC' },
    keysBy: {
      NAME: [text('name', 'name'), id],
      PRICE: [{ ...number('price.amount', 'price'), of: priceOf }, id],
      ADDED_AT: [date('addedAt', 'addedAt'), id],
    },
    conditions: [
      oneOf('kinds', 'kind', Object.keys(typeOfKind)),
      atLeast('priceFrom', priceOf, bounds),
      atMost('priceTo', priceOf, bounds),
      {
        field: 'categoryId',
        valueFor: (random: { pick<Item>(items: readonly Item[]): Item }) =>
          random.pick([...stored.of('categories'), { _id: '' }])['_id'],
        isMet: isIn,
      },
    ],
    all: () => stored.of('products'),
    node,
  } as const;
}

function searchedText(product: Row): string {
  const searched = ['name', 'description', 'author', 'brand', 'colour', 'material'];
  return searched.map((field) => (product[field] as string | undefined) ?? '').join(' ');
}

/** Words without regard to case and accents: in capitals, of which a letter has no second form. */
function wordsOf(searched: string): string[] {
  const bare = searched.normalize('NFKD').replaceAll(/\p{M}/gu, '');
  const capitals = bare.toLowerCase().toUpperCase();
  return capitals.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '');
}

function entitiesOf(
  stored: StoredRows,
  node: () => Fields<Row>,
  categoryFields: () => Fields<Row>,
): EntityKind<Row>[] {
  return [
    {
      typeName: 'Product',
      fields: node,
      representationFor: (random) => ({
        __typename: random.pick(['Product', 'Product', ...Object.values(typeOfKind)]),
        id: random.chance(0.9) ? random.pick(stored.of('products'))['_id'] : oddId(200),
      }),
      find: ({ id, __typename }) =>
        stored
          .of('products')
          .find(
            (product) =>
              product['_id'] === id &&
              (__typename === 'Product' || typeOfKind[String(product['kind'])] === __typename),
          ) ?? null,
    },
    {
      typeName: 'Category',
      fields: categoryFields,
      representationFor: (random) => ({
        id: random.pick([...stored.of('categories'), { _id: 'none' }])['_id'],
      }),
      find: ({ id }) => stored.of('categories').find((category) => category['_id'] === id) ?? null,
    },
  ];
}

function productFields(
  categoryOf: (id: unknown) => Row | null,
  categoryFields: () => Fields<Row>,
): Fields<Row> {
  const direct = ['sku', 'name', 'description', 'weight', 'imageUrl', 'addedAt'];
  const fragments = Object.entries(ownFields).map(([kind, names]): Fields<Row> => {
    const fields = Object.assign(
      {},
      ...names.map((name) => plain<Row>(name, (one) => one[name])),
    ) as Fields<Row>;
    return {
      [`on${kind}`]: (draft) => {
        const inner = selectSome(draft, fields);
        const answer = (product: Row) => (product['kind'] === kind ? inner.answer(product) : {});
        return { text: `... on ${typeOfKind[kind]} { ${inner.text} }`, answer, isSpread: true };
      },
    };
  });
  const price = () => ({
    ...plain<Row>('amount', ({ amount }) => amount),
    ...plain<Row>('currency', ({ currency }) => currency),
  });
  return Object.assign(
    {
      ...plain<Row>('id', (product) => product['_id']),
      ...nested<Row, Row>('price', price, (product) => product['price'] as Row),
      ...nested<Row, Row>('category', categoryFields, (product) => categoryOf(product['categoryId'])),
    },
    ...direct.map((name) => plain<Row>(name, (product) => product[name])),
    ...fragments,
  ) as Fields<Row>;
}
