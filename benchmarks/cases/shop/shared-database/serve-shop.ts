/** The shop as one process over one shared PostgreSQL database: each root field is one statement with joins. */
import { createHash } from 'node:crypto';

import { type GraphQLResolveInfo, defaultFieldResolver, isObjectType } from 'graphql';
import { Pool } from 'pg';

import { typeOfProduct } from '../documents.ts';
import { attachResolvers } from '../sides/attach-resolvers.ts';
import { urlOf } from '../sides/open-clients.ts';
import { buildShopSchema } from '../sides/read-schemas.ts';
import { serveSchema } from '../sides/serve.ts';
import type { ReviewChange } from '../per-entity/reviews.ts';
import { buildProductSql, buildProductsSql, buildReviewSql, buildUserSql } from './build-sql.ts';
import { readSelection } from './read-selection.ts';

const pool = new Pool({ connectionString: urlOf('shared') });

/** Runs a statement that PostgreSQL keeps prepared, since the same operation makes the same text. */
async function readValue(text: string, values: readonly unknown[]): Promise<unknown> {
  const name = createHash('sha1').update(text).digest('base64url');
  const { rows } = await pool.query<{ value: unknown }>({ name, text, values: [...values] });
  return rows[0]?.value ?? null;
}

async function updateReview(input: ReviewChange, info: GraphQLResolveInfo) {
  const { rowCount } = await pool.query({
    name: 'update-review',
    text: 'UPDATE reviews SET rating = $2, title = $3 WHERE id = $1',
    values: [input.id, input.rating, input.title],
  });
  const asked = readSelection(info).find(({ name }) => name === 'review');
  if (rowCount === 0) return { review: null, errors: [{ code: 'REVIEW_NOT_FOUND' }] };
  return { review: asked ? await readValue(buildReviewSql(asked.fields), [input.id]) : null, errors: [] };
}

const schema = await buildShopSchema();
// The statements name their values by the keys of the answer, so that aliases need no further thought.
for (const type of Object.values(schema.getTypeMap()))
  if (isObjectType(type) && !type.name.startsWith('__'))
    for (const field of Object.values(type.getFields()))
      field.resolve = (source: Readonly<Record<string, unknown>>, args, context, info) =>
        source[String(info.path.key)] ?? defaultFieldResolver(source, args, context, info);
attachResolvers(schema, {
  Query: {
    user: (_source: unknown, args: { readonly id: string }, _context: object, info: GraphQLResolveInfo) =>
      readValue(buildUserSql(readSelection(info)), [args.id]),
    product: (_source: unknown, args: { readonly id: string }, _context: object, info: GraphQLResolveInfo) =>
      readValue(buildProductSql(readSelection(info)), [args.id]),
    products: (
      _source: unknown,
      args: { readonly first?: number; readonly filter?: { readonly priceFrom?: number } },
      _context: object,
      info: GraphQLResolveInfo,
    ) => {
      const field = {
        key: info.fieldName,
        name: info.fieldName,
        args: { first: args.first },
        fields: readSelection(info),
      };
      return readValue(buildProductsSql(field), [args.filter?.priceFrom ?? 0]);
    },
  },
  Mutation: {
    updateReview: (
      _source: unknown,
      { input }: { readonly input: ReviewChange },
      _context: object,
      info: GraphQLResolveInfo,
    ) => updateReview(input, info),
  },
  Product: {
    __resolveType: ({ __kind }: { readonly __kind: 'BOOK' | 'DEVICE' | 'APPAREL' }) =>
      typeOfProduct({ kind: __kind }),
  },
});
await serveSchema(schema, () => ({}));
