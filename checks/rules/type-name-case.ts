import { Kind } from 'graphql';

import { eachSubgraph, placeOf, type Rule } from './rule.ts';

/** Types are named in PascalCase. */
export const typeNameCase: Rule = {
  id: 'type-name-case',
  judgement: 'rules',
  severity: 'notice',
  reason: 'Clients generate classes from type names; PascalCase is what every generator expects.',
  *check(context) {
    for (const { subgraph, document } of eachSubgraph(context))
      for (const node of document.definitions) {
        const isType = node.kind.endsWith('TypeDefinition') && node.kind !== Kind.SCALAR_TYPE_DEFINITION;
        if (!isType || !('name' in node) || node.name === undefined) continue;
        const name = node.name.value;
        if (/^_?[A-Z][A-Za-z0-9]*$/.test(name)) continue;
        yield {
          subject: name,
          what: `Type ${name} is not named in PascalCase.`,
          location: placeOf(subgraph, { name: node.name }),
          why: this.reason,
          next: ['Name it in PascalCase while no client knows it.'],
        };
      }
  },
};
