import { firstDefault } from '../peer-connection.ts';
import type { AskedField } from './read-selection.ts';

/** How the fields of a type are written in SQL, as expressions over the row with that alias. */
type Columns = Readonly<Record<string, (field: AskedField, row: string) => string>>;

/**
 * JSON of the asked fields, by their keys in the answer. Two arguments each: PostgreSQL takes at most 100 of a
 * function, and no selection of the benchmark comes near.
 */
function objectOf(columns: Columns, fields: readonly AskedField[], row: string, always = ''): string {
  const parts = fields.map((field) => {
    const column = columns[field.name];
    if (!column) throw new Error(`The shared database has nothing for the field "${field.name}"`);
    return `'${field.key}', ${column(field, row)}`;
  });
  return `json_build_object(${[...(always ? [always] : []), ...parts].join(', ')})`;
}

/** A plain column under the field's name. */
const column =
  (name: string) =>
  (_field: AskedField, row: string): string =>
    `${row}.${name}`;

const moneyOf =
  (amount: string) =>
  (field: AskedField, row: string): string =>
    objectOf(
      { amount: () => amount.replaceAll('$row', row), currency: () => `${row}.currency` },
      field.fields,
      row,
    );

/** A connection over at most `first` rows; one more is read, to know whether there are more. */
function connectionOf(
  field: AskedField,
  rowsSql: (limit: number) => string,
  node: (fields: readonly AskedField[]) => string,
) {
  const first = typeof field.args['first'] === 'number' ? field.args['first'] : firstDefault;
  const nodes = (part: AskedField): string =>
    `coalesce(json_agg(${node(part.fields)} ORDER BY page.place) FILTER (WHERE page.place <= ${first}), '[]')`;
  const pageInfo = (part: AskedField): string =>
    objectOf({ hasNextPage: () => `count(*) > ${first}` }, part.fields, 'page');
  return `(SELECT ${objectOf({ nodes, pageInfo }, field.fields, 'page')} FROM (${rowsSql(first + 1)}) AS page)`;
}

const userColumns: Columns = {
  id: column('id'),
  username: column('username'),
  name: column('name'),
  orders: (field, row) =>
    connectionOf(
      field,
      (limit) => `SELECT *, row_number() OVER (ORDER BY placed_at DESC, id DESC) AS place FROM (
        SELECT * FROM orders WHERE customer_id = ${row}.id ORDER BY placed_at DESC, id DESC LIMIT ${limit}) AS newest`,
      (fields) => objectOf(orderColumns, fields, 'page'),
    ),
};

const orderColumns: Columns = {
  id: column('id'),
  number: (_field, row) => `'FH-' || lpad(${row}.sequence::text, 7, '0')`,
  status: column('status'),
  placedAt: column('placed_at'),
  total: moneyOf('$row.total_amount'),
  items: (field, row) => `(
    SELECT coalesce(json_agg(${objectOf(itemColumns, field.fields, 'item')} ORDER BY item.position), '[]')
    FROM order_items AS item JOIN products AS product ON product.id = item.product_id
    WHERE item.order_id = ${row}.id)`,
};

const itemColumns: Columns = {
  name: column('name'),
  quantity: column('quantity'),
  unitPrice: (field) => objectOf({ amount: () => 'item.unit_price_amount' }, field.fields, 'item'),
  product: (field) => productOf(field.fields, 'product'),
};

const categoryColumns: Columns = {
  id: column('id'),
  name: column('name'),
  slug: column('slug'),
  ancestors: (field, row) => `(
    SELECT coalesce(json_agg(${objectOf(categoryColumns, field.fields, 'above')} ORDER BY step.place), '[]')
    FROM unnest(${row}.ancestor_ids) WITH ORDINALITY AS step(id, place) JOIN categories AS above ON above.id = step.id)`,
};

const shippingSql = `CASE WHEN $row.price_amount >= 10000 THEN 0
  ELSE 490 + 120 * (greatest(1, ceil($row.weight / 1000.0)) - 1) END::int`;

const productColumns: Columns = {
  ...Object.fromEntries(
    [
      'id',
      'name',
      'description',
      'weight',
      'author',
      'isbn',
      'pages',
      'brand',
      'specs',
      'sizes',
      'colour',
      'material',
    ].map((name) => [name, column(name)]),
  ),
  imageUrl: column('image_url'),
  warrantyMonths: column('warranty_months'),
  price: moneyOf('$row.price_amount'),
  shippingEstimate: moneyOf(shippingSql),
  inStock: (_field, row) =>
    `EXISTS (SELECT FROM stock_levels WHERE product_id = ${row}.id AND on_hand > reserved)`,
  category: (field, row) =>
    `(SELECT ${objectOf(categoryColumns, field.fields, 'category')} FROM categories AS category WHERE category.id = ${row}.category_id)`,
  rating: (field, row) => {
    const sums: Columns = { average: () => 'round(avg(rating), 2)::float', count: () => 'count(*)' };
    return `(SELECT ${objectOf(sums, field.fields, 'reviews')} FROM reviews WHERE product_id = ${row}.id)`;
  },
  reviews: (field, row) =>
    connectionOf(
      field,
      (limit) => `SELECT *, row_number() OVER (ORDER BY created_at DESC, id DESC) AS place FROM (
        SELECT * FROM reviews WHERE product_id = ${row}.id ORDER BY created_at DESC, id DESC LIMIT ${limit}) AS newest`,
      (fields) => objectOf(reviewColumns, fields, 'page'),
    ),
};

function productOf(fields: readonly AskedField[], row: string): string {
  return objectOf(productColumns, fields, row, `'__kind', ${row}.kind`);
}

const reviewColumns: Columns = {
  id: column('id'),
  rating: column('rating'),
  title: column('title'),
  body: column('body'),
  createdAt: column('created_at'),
  author: (field, row) =>
    `(SELECT ${objectOf(userColumns, field.fields, 'author')} FROM users AS author WHERE author.id = ${row}.author_id)`,
  product: (field, row) =>
    `(SELECT ${productOf(field.fields, 'product')} FROM products AS product WHERE product.id = ${row}.product_id)`,
};

/** One user by id ($1), as one JSON value. */
export function buildUserSql(fields: readonly AskedField[]): string {
  return `SELECT ${objectOf(userColumns, fields, 'account')} AS value FROM users AS account WHERE account.id = $1`;
}

/** One product by id ($1), as one JSON value. */
export function buildProductSql(fields: readonly AskedField[]): string {
  return `SELECT ${productOf(fields, 'product')} AS value FROM products AS product WHERE product.id = $1`;
}

/** One review by id ($1), as one JSON value. */
export function buildReviewSql(fields: readonly AskedField[]): string {
  return `SELECT ${objectOf(reviewColumns, fields, 'review')} AS value FROM reviews AS review WHERE review.id = $1`;
}

/** The products from a price ($1) on, the cheapest first, as one JSON value. */
export function buildProductsSql(field: AskedField): string {
  const rows = (limit: number): string => `SELECT *, row_number() OVER (ORDER BY price_amount, id) AS place
    FROM products WHERE price_amount >= $1 ORDER BY price_amount, id LIMIT ${limit}`;
  return `SELECT ${connectionOf(field, rows, (fields) => productOf(fields, 'page'))} AS value`;
}
