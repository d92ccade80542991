import { isDocument } from '../../values/bson-document.ts';
import { sortKeyOf } from '../../values/sort-key.ts';
import {
  always,
  documentOperand,
  rule,
  sizeOperand,
  type Check,
  type Keyword,
  type KeywordTable,
} from './keyword.ts';

const isList = (value: unknown): value is unknown[] => Array.isArray(value);

function itemsCheck(keyword: Keyword): Check {
  const { operand, schema, compile } = keyword;
  const each = Array.isArray(operand)
    ? operand.map((part: unknown) => compile(isDocument(part) ? part : {}))
    : null;
  const all = each === null ? compile(documentOperand(keyword)) : null;
  const more = schema['additionalItems'];
  const rest = isDocument(more) ? compile(more) : null;
  const checkOf = (index: number): Check | null => all ?? each?.[index] ?? rest;
  return (value) => {
    if (!Array.isArray(value)) return [];
    for (const [index, element] of value.entries()) {
      const check = checkOf(index);
      if (check === null && more === false) {
        return [
          {
            operatorName: 'additionalItems',
            specifiedAs: { additionalItems: false },
            reason: 'found additional items',
          },
        ];
      }
      const details = check?.(element) ?? [];
      if (details.length > 0) {
        return [
          {
            operatorName: 'items',
            reason: 'At least one item did not match the sub-schema',
            itemIndex: index,
            details,
          },
        ];
      }
    }
    return [];
  };
}

/** Keywords on lists. */
export const listKeywords: KeywordTable = {
  items: itemsCheck,
  additionalItems: () => always,
  minItems: (keyword) => {
    const size = sizeOperand(keyword);
    return rule(keyword, isList, (value) => value.length >= size, 'array did not match specified length');
  },
  maxItems: (keyword) => {
    const size = sizeOperand(keyword);
    return rule(keyword, isList, (value) => value.length <= size, 'array did not match specified length');
  },
  uniqueItems: (keyword) =>
    rule(
      keyword,
      isList,
      (value) => keyword.operand !== true || new Set(value.map(sortKeyOf)).size === value.length,
      'found a duplicate item',
    ),
};
