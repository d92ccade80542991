import { describe, expect, test } from 'vitest';

import { prepareSupergraph } from './prepare-supergraph.ts';

/** The lines of a prepared supergraph that have one of these words in them. */
function findLines(sdl: string, ...words: string[]): string[] {
  const { sdl: prepared } = prepareSupergraph(sdl);
  return prepared
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => words.some((word) => line.includes(word)));
}

describe('the supergraph for the planner', () => {
  test('is the same where there is nothing to mend', () => {
    const sdl = 'type Item @join__type(graph: A, key: "id") {\n  id: ID!\n}';
    expect(prepareSupergraph(sdl)).toEqual({ sdl, virtualFields: new Map() });
  });

  test('has the resolvable keys of a type first, and all of them', () => {
    const sdl = `type Item
      @join__type(graph: A, key: "sku", resolvable: false)
      @join__type(graph: B, key: "sku", resolvable: true)
      @join__type(graph: A, key: "id")
    { id: ID! sku: ID! }`;
    expect(prepareSupergraph(sdl).sdl.match(/graph: \w, key: "\w+"/g)).toEqual([
      'graph: B, key: "sku"',
      'graph: A, key: "id"',
      'graph: A, key: "sku"',
    ]);
  });

  test('has a field without arguments for each field with arguments that is required', () => {
    const sdl = `type Item {
      price(currency: Currency! = USD): Int @join__field(graph: A)
      inEuro: Int @join__field(graph: B, requires: "price(currency: EUR)")
      inDollar: Int @join__field(graph: B, requires: "id price(currency: USD)")
      again: Int @join__field(graph: C, requires: "price(currency: EUR)")
    }`;
    const { virtualFields } = prepareSupergraph(sdl);
    expect([...virtualFields]).toEqual([
      ['price__required_0', { fieldName: 'price', argumentsText: '(currency: EUR)' }],
      ['price__required_1', { fieldName: 'price', argumentsText: '(currency: USD)' }],
    ]);
    expect(findLines(sdl, 'price', 'again')).toEqual([
      'price(currency: Currency! = USD): Int @join__field(graph: A)',
      'inEuro: Int @join__field(graph: B, requires: "price__required_0")',
      'inDollar: Int @join__field(graph: B, requires: "id price__required_1")',
      'again: Int @join__field(graph: C, requires: "price__required_0")',
      'price__required_0: Int @join__field(graph: A)',
      'price__required_1: Int @join__field(graph: A)',
    ]);
  });

  test('takes two ways to write the same arguments for one', () => {
    const sdl = `type Item {
      comments(first: Int, after: ID): [String]
      a: Int @join__field(graph: B, requires: "comments(first: 3, after: 1)")
      b: Int @join__field(graph: B, requires: "comments(after: 1, first: 3)")
    }`;
    expect(prepareSupergraph(sdl).virtualFields.size).toBe(1);
  });

  test('gives the virtual field of an interface to every type behind it', () => {
    const sdl = `interface Media { title(lang: String): String }
    type Book implements Media { title(lang: String): String }
    type Song implements Media { title(lang: String): String }
    type Shelf { best: Media label: String @join__field(graph: B, requires: "best { title(lang: \\"en\\") }") }`;
    expect(findLines(sdl, 'title__required_0')).toEqual([
      'title__required_0: String',
      'title__required_0: String',
      'title__required_0: String',
      'label: String @join__field(graph: B, requires: "best {\\n  title__required_0\\n}")',
    ]);
  });

  test('prepares what a virtual field requires itself', () => {
    const sdl = `type Item {
      rate(of: String): Int @join__field(graph: A)
      price(in: String): Int @join__field(graph: B, requires: "rate(of: \\"x\\")")
      label: String @join__field(graph: C, requires: "price(in: \\"y\\")")
    }`;
    expect(findLines(sdl, 'price__')).toEqual([
      'label: String @join__field(graph: C, requires: "price__required_1")',
      'price__required_1: Int @join__field(graph: B, requires: "rate__required_0")',
    ]);
  });

  test('gives no name that a field has already', () => {
    const sdl = `type Item {
      price(in: String): Int
      price__required_0: Int
      label: String @join__field(graph: C, requires: "price(in: \\"y\\")")
    }`;
    expect([...prepareSupergraph(sdl).virtualFields.keys()]).toEqual(['price__required_1']);
  });
});
