import { Kind } from 'graphql';

import { eachSubgraph, placeOf, type Rule } from './rule.ts';

/** Input types say in their name that they are input. */
export const inputNameSuffix: Rule = {
  id: 'input-name-suffix',
  judgement: 'rules',
  severity: 'notice',
  reason: 'Input and output share one space of names: `Money` cannot be both.',
  *check(context) {
    for (const { subgraph, document } of eachSubgraph(context))
      for (const node of document.definitions) {
        if (node.kind !== Kind.INPUT_OBJECT_TYPE_DEFINITION) continue;
        const name = node.name.value;
        if (/(Input|Filter|Where|Sort|Order|OrderBy|By)$/.test(name)) continue;
        yield {
          subject: name,
          what: `Input type ${name} does not say that it is input.`,
          location: placeOf(subgraph, node),
          why: this.reason,
          next: [`Call it ${name}Input (or ...Filter, ...Sort) while no client knows it.`],
        };
      }
  },
};
