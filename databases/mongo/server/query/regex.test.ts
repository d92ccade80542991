import { describe, expect, test } from 'vitest';

import { compileRegex } from './regex.ts';

function codeOf(pattern: string): unknown {
  try {
    return compileRegex(pattern).source;
  } catch (error) {
    return (error as { readonly code?: unknown }).code;
  }
}

describe('a regular expression that JavaScript does not compile', () => {
  test.each(['a++b', 'a{2}+', '[ab]*+', '(?>a)', 'a(?#comment)', '(a)(?1)', '(?|a|b)', '(?P<year>a)'])(
    'is one of PCRE that the development server does not have: %s',
    (pattern) => expect(codeOf(pattern)).toBe(238),
  );

  test.each(['(', 'a)', '[a', '*a', String.raw`(\(?>`])('is none at all: %s', (pattern) =>
    expect(codeOf(pattern)).toBe(51_091),
  );

  test('is never one whose signs stand for themselves', () => {
    expect(compileRegex(String.raw`^\++[+}]+$`).test('+++}')).toBe(true);
  });
});

test('options within a pattern are not ignored', () => {
  // JavaScript has those of a group since 2025.
  expect([238, 'a(?i:b)']).toContain(codeOf('a(?i:b)'));
  expect(codeOf('a(?i)b')).toBe(238);
});
