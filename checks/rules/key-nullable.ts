import { Kind } from 'graphql';

import { listKeys, listTypes } from '../project/subgraph-types.ts';
import { eachSubgraph, placeOf, type Rule } from './rule.ts';

/** The fields of a key are never null. */
export const keyNullable: Rule = {
  id: 'key-nullable',
  judgement: 'rules',
  severity: 'warning',
  reason:
    'An object whose key is null cannot be found in any other service: everything that they add to it is null.',
  *check(context) {
    for (const { subgraph, document } of eachSubgraph(context))
      for (const type of listTypes(document).values())
        for (const key of listKeys(type))
          for (const field of type.fields) {
            if (!key.fields.split(/[\s,{}]+/).includes(field.name.value)) continue;
            if (field.type.kind === Kind.NON_NULL_TYPE) continue;
            const subject = `${type.name}.${field.name.value}`;
            yield {
              subject,
              what: `${subject} is part of @key(fields: "${key.fields}") and may be null.`,
              location: placeOf(subgraph, field),
              why: this.reason,
              next: [`Make it non-null, or take it out of the key.`],
            };
          }
  },
};
