import { Kind, type TypeNode } from 'graphql';

import { listKeys, listTypes, namedType } from '../project/subgraph-types.ts';
import { eachSubgraph, placeOf, type Rule } from './rule.ts';

/** A root field that lists entities can be limited. */
export const listWithoutLimit: Rule = {
  id: 'list-without-limit',
  judgement: 'rules',
  severity: 'notice',
  reason: 'A list without a limit grows with the table until one request costs more than all others.',
  *check(context) {
    for (const { subgraph, document } of eachSubgraph(context)) {
      const types = listTypes(document);
      for (const field of types.get('Query')?.fields ?? []) {
        const type = types.get(namedType(field.type));
        if (!isList(field.type) || type === undefined || listKeys(type).length === 0) continue;
        // `products(ids:)` is as long as what was asked for.
        if ((field.arguments ?? []).some(({ name, type }) => isLimit(name.value) || isList(type))) continue;
        const subject = `Query.${field.name.value}`;
        yield {
          subject,
          what: `${subject} lists ${type.name} without a way to limit it.`,
          location: placeOf(subgraph, field),
          why: this.reason,
          next: [`Return a ${type.name}Connection that takes first and after.`],
        };
      }
    }
  },
};

function isLimit(name: string): boolean {
  return ['first', 'last', 'limit', 'take'].includes(name);
}

function isList(type: TypeNode): boolean {
  if (type.kind === Kind.NON_NULL_TYPE) return isList(type.type);
  return type.kind === Kind.LIST_TYPE;
}
