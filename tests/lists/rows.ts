import { buildSearchTerms } from '../../prisma/catalog/search-terms.ts';
import { Random } from '../differential/random.ts';

/** A row of a table, by column; a document of a collection, by field. */
export type Row = Readonly<Record<string, unknown>>;

// Texts that databases and programs like to order, cut and compare in different ways.
const odd = [
  'A',
  'a',
  'B',
  'z',
  'Z',
  '0',
  '9',
  '10',
  '_',
  '%',
  '\\',
  "'",
  '"',
  '$',
  '.',
  '{}',
  'ä',
  'e\u0301',
  'é',
];
const odder = [
  'ß',
  'ﬀ',
  '\ufffd',
  '\uffee',
  '\u{1f600}',
  '\u{10400}',
  '日本',
  ' ',
  'a b',
  '-1',
  'null',
  '\u200d',
  'ς',
];
const parts = [...odd, ...odder];

/** The id at this place: no two are equal, and many begin alike. */
export function oddId(place: number): string {
  const [one, other] = [parts[place % parts.length], parts[Math.floor(place / parts.length) % parts.length]];
  return place < parts.length ? (one ?? '') : `${one}${other}${place < parts.length ** 2 ? '' : place}`;
}

/** Instants that lie close together, so that many rows have the same. */
export const instants = [0, 1, 2, 500, 999, 1_000, 86_400_000, -1].map(
  (offset) => new Date(Date.parse('2026-03-31T23:59:59.000Z') + offset),
);
export const amounts = [0, 1, 2, 99, 100, 2_147_483_647];
export const countries = ['DE', 'AT', 'JP'];
export const statuses = ['PLACED', 'PAID', 'SHIPPED', 'DELIVERED', 'CANCELLED'];
export const words = [
  'Straße',
  'STRAẞE',
  'ÄPFEL',
  'apfel',
  'Nǐ',
  'a',
  'ab',
  'É1',
  'x-y',
  'ΟΔΟΣ',
  'οδοστρωμα',
  '日本',
  'don’t',
  'İz',
];

export function userRows(): { readonly users: Row[]; readonly addresses: Row[] } {
  const random = new Random(1);
  const users = Array.from({ length: 125 }, (_, place) => ({
    id: oddId(place),
    username: `${random.pick(['a', 'ab', 'a.', 'b_', '-', '0'])}${place}`,
    name: random.pick(words),
    email: `${place}@example.com`,
    registered_at: random.pick(instants),
  }));
  const addresses = users.flatMap((user, place) =>
    Array.from({ length: place % 4 }, (_, position) => ({
      id: `${user.id}/${position}`,
      user_id: user.id,
      position: (place % 4) - 1 - position,
      label: random.pick(words),
      street: 's',
      city: random.pick(words),
      postal_code: `${position}`,
      country: random.pick(countries),
    })),
  );
  return { users, addresses };
}

const categoryParents = [null, null, 0, 0, 2, 4, 1, null];

export function categoryRows(): Row[] {
  const ids = categoryParents.map((_, place) => oddId(place * 3));
  const ancestorsOf = (place: number): string[] => {
    const parent = categoryParents[place] ?? null;
    return parent === null ? [] : [...ancestorsOf(parent), ids[parent] ?? ''];
  };
  return ids.map((_id, place) => ({
    _id,
    slug: `slug ${_id}`,
    name: `${words[(place * 5) % words.length]} ${place}`,
    parentId: ancestorsOf(place).at(-1) ?? null,
    ancestorIds: ancestorsOf(place),
  }));
}

export function productRows(): Row[] {
  const random = new Random(2);
  const categories = categoryRows();
  return Array.from({ length: 140 }, (_, place) => {
    const category = categories[place < 70 ? 5 : random.integer(0, 6)] ?? {};
    const texts = { name: random.pick([...words, oddId(place)]), description: random.pick(words) };
    const kinds = {
      BOOK: { author: random.pick(words), isbn: '9783161484100', pages: 1 + place },
      DEVICE: { brand: random.pick(words), specs: [{ name: 'n', value: 'v' }], warrantyMonths: place },
      APPAREL: { sizes: ['S', 'XL'], colour: random.pick(words), material: random.pick(words) },
    };
    const kind = random.pick(['BOOK', 'DEVICE', 'APPAREL'] as const);
    const own = kinds[kind];
    return {
      _id: oddId(place),
      kind,
      sku: `sku ${place}`,
      ...texts,
      price: { amount: random.pick(amounts), currency: random.pick(['EUR', 'JPY']) },
      weight: 1 + place,
      imageUrl: `https://example.com/${place}`,
      addedAt: random.pick(instants),
      categoryId: category['_id'],
      categoryIds: [...(category['ancestorIds'] as string[]), category['_id']],
      searchTerms: buildSearchTerms({ ...texts, ...own }),
      ...own,
    };
  });
}

export function stockRows(): { readonly warehouses: Row[]; readonly stock_levels: Row[] } {
  const random = new Random(3);
  const warehouses = Array.from({ length: 6 }, (_, place) => ({
    id: oddId(place * 5),
    code: oddId(place * 7),
    name: random.pick(words),
    city: random.pick(words),
    country: random.pick(countries),
  }));
  // The last warehouse has nothing.
  const stock_levels = warehouses.slice(0, -1).flatMap(({ id }, warehouse) =>
    Array.from({ length: 130 }, (_, place) => place)
      .filter((place) => warehouse === 0 || (place * 7) % 5 === warehouse)
      .map((place) => {
        const on_hand = random.pick(amounts);
        const reserved = random.pick([0, 0, on_hand, Math.min(1, on_hand)]);
        const updated_at = random.pick(instants);
        return { product_id: oddId(place), warehouse_id: id, on_hand, reserved, updated_at };
      }),
  );
  return { warehouses, stock_levels };
}

export function orderRows(): { readonly orders: Row[]; readonly order_items: Row[] } {
  const random = new Random(4);
  const orders = Array.from({ length: 260 }, (_, place) => ({
    id: oddId(place),
    sequence: place + 1,
    customer_id: oddId(place < 115 ? 3 : random.integer(0, 30)),
    status: random.pick(statuses),
    placed_at: random.pick(instants),
    cancelled_at: random.pick([null, ...instants]),
    quantity: 1 + place,
    total_amount: random.pick(amounts),
    currency: random.pick(['EUR', 'JPY']),
  }));
  const order_items = orders.flatMap(({ id }, place) =>
    Array.from({ length: place % 4 }, (_, item) => ({
      order_id: id,
      position: 4 - item,
      product_id: oddId(random.integer(0, 40)),
      name: random.pick(words),
      quantity: 1 + item,
      unit_price_amount: random.pick([0, 1, 70_000]),
    })),
  );
  return { orders, order_items };
}

export function reviewRows(): Row[] {
  const random = new Random(5);
  const pairs = new Map<string, { readonly productId: string; readonly authorId: string }>();
  const add = (product: number, author: number) =>
    pairs.set(`${product} ${author}`, { productId: oddId(product), authorId: oddId(author) });
  for (let author = 0; author < 110; author += 1) add(2, author);
  for (let product = 0; product < 105; product += 1) add(product, 7);
  for (let count = 0; count < 200; count += 1) add(random.integer(0, 25), random.integer(0, 25));
  return [...pairs.values()].map((pair, place) => ({
    _id: oddId(place),
    productId: pair.productId,
    authorId: pair.authorId,
    authorUsername: `${pair.authorId} name`,
    rating: random.integer(1, 5),
    title: random.pick(words),
    body: random.pick(['', ...words]),
    createdAt: random.pick(instants),
    updatedAt: random.pick([null, ...instants]),
  }));
}
