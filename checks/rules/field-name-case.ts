import type { FieldDefinitionNode, InputValueDefinitionNode } from 'graphql';

import { eachSubgraph, placeOf, type Rule } from './rule.ts';

/** Fields, arguments and input fields are named in camelCase. */
export const fieldNameCase: Rule = {
  id: 'field-name-case',
  judgement: 'rules',
  severity: 'notice',
  reason: 'One way to write names saves every client from looking up which one a field has.',
  *check(context) {
    for (const { subgraph, document } of eachSubgraph(context))
      for (const node of document.definitions) {
        if (!('fields' in node) || !('name' in node) || node.name === undefined) continue;
        for (const field of node.fields ?? [])
          for (const { name, subject } of listNames(node.name.value, field)) {
            if (/^_{0,2}[a-z][A-Za-z0-9]*$/.test(name)) continue;
            yield {
              subject,
              what: `${subject} is not named in camelCase.`,
              location: placeOf(subgraph, field),
              why: this.reason,
              next: ['Name it in camelCase while no client knows it.'],
            };
          }
      }
  },
};

function listNames(
  type: string,
  field: FieldDefinitionNode | InputValueDefinitionNode,
): { name: string; subject: string }[] {
  const subject = `${type}.${field.name.value}`;
  const own = { name: field.name.value, subject };
  if (!('arguments' in field)) return [own];
  const names = (field.arguments ?? []).map(({ name }) => name.value);
  return [own, ...names.map((name) => ({ name, subject: `${subject}(${name}:)` }))];
}
