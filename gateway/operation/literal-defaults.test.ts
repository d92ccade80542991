import { printSchema } from 'graphql';
import { pino } from 'pino';
import { expect, test } from 'vitest';

import { composeSubgraphs } from '../../tests/support/compose-subgraphs.ts';
import { engineFactories, runOperation } from '../../tests/support/engines-under-test.ts';
import { createCompiledEngine } from '../engines/compiled-engine.ts';

const options = {
  supergraphSdl: composeSubgraphs({
    one: `
      scalar JSON
      input Filter { tags: [JSON!] = [{ name: "a\\"b" }, 1], exact: JSON = [true, null], plain: Int = 3 }
      type Query {
        find(where: JSON! = { price: { above: 1.5 }, of: [] }, filter: Filter = { exact: {} }, of: JSON = "all"): Int
      }
    `,
  }),
  subgraphUrls: { one: 'http://127.0.0.1:1' },
  log: pino({ level: 'silent' }),
};

test.each(Object.entries(engineFactories))(
  'the schema of the %s engine can be printed, as Apollo Server does',
  async (_name, create) => {
    const engine = await create(options);
    expect(printSchema(engine.apiSchema)).toContain('find(');
    await engine.close();
  },
);

test('introspection tells them as the supergraph has them', async () => {
  const engine = await createCompiledEngine(options);
  const query = `{
    query: __type(name: "Query") { fields { args { defaultValue } } }
    filter: __type(name: "Filter") { inputFields { defaultValue } }
  }`;
  const { data } = await runOperation(engine, { query });
  expect(data).toEqual({
    query: {
      fields: [
        {
          args: [
            { defaultValue: '{price: {above: 1.5}, of: []}' },
            // graphql-js fills in the defaults of an input's own fields.
            { defaultValue: String.raw`{tags: [{name: "a\"b"}, 1], exact: {}, plain: 3}` },
            { defaultValue: '"all"' },
          ],
        },
      ],
    },
    filter: {
      inputFields: [
        { defaultValue: String.raw`[{name: "a\"b"}, 1]` },
        { defaultValue: '[true, null]' },
        { defaultValue: '3' },
      ],
    },
  });
  await engine.close();
});
