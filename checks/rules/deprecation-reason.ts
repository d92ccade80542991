import { Kind, visit, type DirectiveNode } from 'graphql';

import { eachSubgraph, type Rule } from './rule.ts';

/** What is deprecated says what to use instead. */
export const deprecationReason: Rule = {
  id: 'deprecation-reason',
  judgement: 'rules',
  severity: 'notice',
  reason: 'A client that is told to leave has to be told where to go.',
  *check(context) {
    for (const { subgraph, document } of eachSubgraph(context)) {
      const bare: { subject: string; line: number }[] = [];
      let type = '';
      visit(document, {
        enter(node) {
          if (node.kind.endsWith('TypeDefinition') && 'name' in node) type = node.name?.value ?? '';
          if (!('directives' in node) || !('name' in node)) return;
          const deprecated = node.directives?.find(({ name }) => name.value === 'deprecated');
          if (deprecated !== undefined && !hasReason(deprecated))
            bare.push({
              subject: `${type}.${node.name?.value ?? ''}`,
              line: deprecated.loc?.startToken.line ?? 1,
            });
        },
      });
      for (const { subject, line } of bare)
        yield {
          subject,
          what: `${subject} is deprecated without a reason.`,
          location: { file: subgraph.schemaFile, line },
          why: this.reason,
          next: ['Write @deprecated(reason: "Use ... instead. Since 2026-01-31.").'],
        };
    }
  },
};

function hasReason(directive: DirectiveNode): boolean {
  const value = directive.arguments?.find(({ name }) => name.value === 'reason')?.value;
  return value?.kind === Kind.STRING && value.value.trim() !== '' && value.value !== 'No longer supported';
}
