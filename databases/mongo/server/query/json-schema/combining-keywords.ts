import { isDocument } from '../../values/bson-document.ts';
import { documentOperand, wrongOperand, type Check, type Keyword, type KeywordTable } from './keyword.ts';

function partsOf({ name, operand, compile }: Keyword): Check[] {
  if (!Array.isArray(operand) || operand.length === 0) {
    throw wrongOperand(name, 'a non-empty array of schemas');
  }
  return operand.map((part: unknown) => {
    if (!isDocument(part)) throw wrongOperand(name, 'a non-empty array of schemas');
    return compile(part);
  });
}

function combinationCheck(keyword: Keyword, holds: (matching: number, all: number) => boolean): Check {
  const parts = partsOf(keyword);
  return (value) => {
    const details = parts.map((part) => part(value));
    const matching = details.filter((part) => part.length === 0).length;
    if (holds(matching, parts.length)) return [];
    return [
      {
        operatorName: keyword.name,
        schemasNotSatisfied: details.flatMap((part, index) =>
          part.length === 0 ? [] : [{ index, details: part }],
        ),
      },
    ];
  };
}

/** Keywords that combine schemas. */
export const combiningKeywords: KeywordTable = {
  allOf: (keyword) => combinationCheck(keyword, (matching, all) => matching === all),
  anyOf: (keyword) => combinationCheck(keyword, (matching) => matching > 0),
  oneOf: (keyword) => combinationCheck(keyword, (matching) => matching === 1),
  not: (keyword) => {
    const check = keyword.compile(documentOperand(keyword));
    return (value) =>
      check(value).length > 0 ? [] : [{ operatorName: 'not', reason: 'child expression matched' }];
  },
};
