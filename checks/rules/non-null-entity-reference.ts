import { Kind } from 'graphql';

import { hasDirective, listKeys, listTypes, namedType } from '../project/subgraph-types.ts';
import { eachSubgraph, placeOf, type Rule } from './rule.ts';

/** A field that points into another service may be null. */
export const nonNullEntityReference: Rule = {
  id: 'non-null-entity-reference',
  judgement: 'rules',
  severity: 'warning',
  reason:
    'When the other service is down or the object is gone, null may not stand here: the whole object around it is lost.',
  *check(context) {
    const documents = [...eachSubgraph(context)];
    for (const { subgraph, document } of documents) {
      const types = listTypes(document);
      for (const type of types.values())
        for (const field of type.fields) {
          const target = types.get(namedType(field.type));
          if (target === undefined || field.type.kind !== Kind.NON_NULL_TYPE) continue;
          if (field.type.type.kind === Kind.LIST_TYPE || hasDirective(field, 'external')) continue;
          const owner = findOwner(documents, subgraph.name, target.name);
          const keys = new Set(listKeys(target).flatMap((key) => key.fields.split(/[\s,{}]+/)));
          const own = target.fields.filter(
            (one) =>
              !keys.has(one.name.value) &&
              !hasDirective(one, 'external') &&
              (one.arguments ?? []).length === 0,
          );
          if (listKeys(target).length === 0 || owner === undefined || own.length > 0) continue;
          const subject = `${type.name}.${field.name.value}`;
          yield {
            subject,
            what: `${subject} is a non-null ${target.name}, which ${owner} owns.`,
            location: placeOf(subgraph, field),
            why: this.reason,
            next: [
              `Make it nullable (${target.name}), or switch the rule off for it with the reason why it cannot be missing.`,
            ],
          };
        }
    }
  },
};

/** The other subgraph that has the most of the entity. */
function findOwner(
  documents: readonly {
    readonly subgraph: { readonly name: string };
    readonly document: Parameters<typeof listTypes>[0];
  }[],
  name: string,
  type: string,
): string | undefined {
  const others = documents
    .filter(({ subgraph }) => subgraph.name !== name)
    .map(({ subgraph, document }) => {
      const found = listTypes(document).get(type);
      const isOwner = found !== undefined && listKeys(found).some((key) => key.isResolvable);
      return { name: subgraph.name, fields: isOwner ? found.fields.length : 0 };
    })
    .sort((a, b) => b.fields - a.fields);
  const [first] = others;
  return first !== undefined && first.fields > 0 ? first.name : undefined;
}
