import { Kind } from 'graphql';

import { eachSubgraph, placeOf, type Rule } from './rule.ts';

/** Enum values are named in UPPER_CASE. */
export const enumValueCase: Rule = {
  id: 'enum-value-case',
  judgement: 'rules',
  severity: 'notice',
  reason:
    'The GraphQL specification recommends upper case, so that a value is told from a field and a variable.',
  *check(context) {
    for (const { subgraph, document } of eachSubgraph(context))
      for (const node of document.definitions) {
        if (node.kind !== Kind.ENUM_TYPE_DEFINITION) continue;
        for (const value of node.values ?? []) {
          if (/^[A-Z][A-Z0-9_]*$/.test(value.name.value)) continue;
          const subject = `${node.name.value}.${value.name.value}`;
          yield {
            subject,
            what: `Enum value ${subject} is not in UPPER_CASE.`,
            location: placeOf(subgraph, value),
            why: this.reason,
            next: ['Name it in upper case while no client knows it.'],
          };
        }
      }
  },
};
