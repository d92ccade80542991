import { buildSchema, graphql } from 'graphql';
import { describe, expect, test } from 'vitest';

import { boundTexts } from './bound-texts.ts';

const schema = buildSchema(`
  type Query { echo(id: ID, ids: [ID!], text: String, tree: Tree, kind: Kind = FIRST): String }
  input Tree { name: String, mail: EmailAddress, below: [Tree!] }
  scalar EmailAddress
  enum Kind { FIRST }
`);
boundTexts(schema);

const ask = async (variableValues: object) => {
  const { data, errors } = await graphql({
    schema,
    source:
      'query($id: ID, $ids: [ID!], $text: String, $tree: Tree) { echo(id: $id, ids: $ids, text: $text, tree: $tree) }',
    variableValues: { ...variableValues },
    rootValue: { echo: () => 'ran' },
  });
  return errors ? errors.map(({ message, extensions }) => `${String(extensions['code'])}: ${message}`) : data;
};
const long = (length: number) => 'x'.repeat(length);

describe('the texts of arguments', () => {
  test('may be as long as their scalar says', async () => {
    const tree = { name: long(10_000), mail: long(254), below: [{ below: [{ mail: null }] }] };
    const given = { id: long(255), ids: [long(255)], text: long(10_000), tree };
    expect(await ask(given)).toEqual({ echo: 'ran' });
    expect(await ask({})).toEqual({ echo: 'ran' });
  });

  test.each([
    [{ id: long(256) }, '"id" has 256 characters; expected at most 255.'],
    [{ ids: ['a', long(300)] }, '"ids.1" has 300 characters; expected at most 255.'],
    [{ ids: long(300) }, '"ids.0" has 300 characters; expected at most 255.'],
    [{ text: long(10_001) }, '"text" has 10001 characters; expected at most 10000.'],
    [
      { tree: { below: [{}, { below: [{ mail: long(255) }] }] } },
      '"tree.below.1.below.0.mail" has 255 characters; expected at most 254.',
    ],
  ])('are refused by their place when they are longer', async (given, message) => {
    expect(await ask(given)).toEqual([`BAD_USER_INPUT: ${message}`]);
  });
});
