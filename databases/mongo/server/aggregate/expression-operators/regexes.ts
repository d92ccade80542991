import { CommandError } from '../../command-error.ts';
import { isRegex } from '../../query/field-conditions.ts';
import { compileRegex } from '../../query/regex.ts';
import { type BsonDocument, isDocument } from '../../values/bson-document.ts';
import { evaluate, type ExpressionOperator, isNil } from './operator.ts';

interface Search {
  readonly text: string;
  readonly pattern: RegExp;
}

/** The text and the pattern of an operand, `null` when one of them is null or missing. */
function searchOf(
  name: string,
  document: unknown,
  operand: unknown,
  options: Parameters<ExpressionOperator>[2],
): Search | null {
  if (!isDocument(operand) || !Object.hasOwn(operand, 'input') || !Object.hasOwn(operand, 'regex')) {
    throw new CommandError('Location51103', `${name} expects an object with 'input' and 'regex'`);
  }
  const text = evaluate(document, operand['input'], options);
  const given = operand['regex'];
  const regex = isRegex(given) ? given : evaluate(document, given, options);
  const flags = evaluate(document, operand['options'], options);
  if (!isNil(text) && typeof text !== 'string') {
    throw new CommandError('Location51104', `${name} needs 'input' to be of type string`);
  }
  if (!isNil(regex) && typeof regex !== 'string' && !isRegex(regex)) {
    throw new CommandError('Location51105', `${name} needs 'regex' to be of type string or regex`);
  }
  if (!isNil(flags) && typeof flags !== 'string') {
    throw new CommandError('Location51106', `${name} needs 'options' to be of type string`);
  }
  if (isNil(text) || isNil(regex)) return null;
  return { text, pattern: isNil(flags) ? compileRegex(regex) : compileRegex(regex, flags) };
}

function describeMatch(found: RegExpExecArray): BsonDocument {
  const [match, ...captures] = found;
  // MongoDB counts the characters before it, not JavaScript's UTF-16 units.
  const idx = Array.from(found.input.slice(0, found.index)).length;
  return { match, idx, captures: captures.map((capture: string | undefined) => capture ?? null) };
}

/** Regular expressions: mingo makes a text of BSON's, and then looks for that text. */
export const REGEX_OPERATORS: Readonly<Record<string, ExpressionOperator>> = {
  $regexMatch: (document, operand, options) => {
    const search = searchOf('$regexMatch', document, operand, options);
    return search !== null && search.pattern.test(search.text);
  },
  $regexFind: (document, operand, options) => {
    const search = searchOf('$regexFind', document, operand, options);
    const found = search === null ? null : search.pattern.exec(search.text);
    return found === null ? null : describeMatch(found);
  },
  $regexFindAll: (document, operand, options) => {
    const search = searchOf('$regexFindAll', document, operand, options);
    if (search === null) return [];
    const { text, pattern } = search;
    return Array.from(text.matchAll(new RegExp(pattern, `${pattern.flags}g`)), describeMatch);
  },
};
