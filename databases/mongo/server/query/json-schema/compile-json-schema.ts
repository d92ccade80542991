import { CommandError } from '../../command-error.ts';
import type { BsonDocument } from '../../values/bson-document.ts';
import { combiningKeywords } from './combining-keywords.ts';
import { always, type Check, type KeywordTable } from './keyword.ts';
import { listKeywords } from './list-keywords.ts';
import { objectKeywords } from './object-keywords.ts';
import { valueKeywords } from './value-keywords.ts';

const keywords: KeywordTable = {
  ...valueKeywords,
  ...listKeywords,
  ...objectKeywords,
  ...combiningKeywords,
  title: () => always,
  description: () => always,
};

/** Compiles a `$jsonSchema`: the rules that a value breaks, none when it is valid. */
export function compileJsonSchema(schema: BsonDocument): Check {
  const checks = Object.entries(schema).map(([name, operand]) => {
    const keyword = keywords[name];
    if (keyword === undefined) {
      throw new CommandError('FailedToParse', `Unknown $jsonSchema keyword: ${name}`);
    }
    return keyword({ name, operand, schema, compile: compileJsonSchema });
  });
  return (value) => checks.flatMap((check) => check(value));
}
