import { Kind } from 'graphql';

import { eachSubgraph, placeOf, type Rule } from './rule.ts';

/** Types, and the fields of Query and Mutation, say what they are. */
export const descriptionMissing: Rule = {
  id: 'description-missing',
  judgement: 'rules',
  severity: 'notice',
  reason: 'The description is the documentation that every client reads in its editor.',
  *check(context) {
    for (const { subgraph, document } of eachSubgraph(context))
      for (const node of document.definitions) {
        if (!node.kind.endsWith('TypeDefinition') || !('name' in node) || node.name === undefined) continue;
        const name = node.name.value;
        const isRoot = ['Query', 'Mutation', 'Subscription'].includes(name);
        // A type that several subgraphs contribute to needs its description once.
        const isDescribed = [...context.snapshot.index.documents.values()].some((other) =>
          other.definitions.some(
            (twin) =>
              'name' in twin && twin.name?.value === name && 'description' in twin && twin.description,
          ),
        );
        if (!isRoot && !isDescribed)
          yield {
            subject: name,
            what: `Type ${name} has no description.`,
            location: placeOf(subgraph, { name: node.name }),
            why: this.reason,
            next: ['Say in one sentence what it is.'],
          };
        if (!isRoot || node.kind !== Kind.OBJECT_TYPE_DEFINITION) continue;
        for (const field of node.fields ?? []) {
          if (field.description) continue;
          const subject = `${name}.${field.name.value}`;
          yield {
            subject,
            what: `Field ${subject} has no description.`,
            location: placeOf(subgraph, field),
            why: this.reason,
            next: ['Say in one sentence what it gives or does.'],
          };
        }
      }
  },
};
