import { namedType, listTypes, type SubgraphType } from '../project/subgraph-types.ts';
import { eachSubgraph, type Rule } from './rule.ts';

/** A type named ...Connection is one, and its field can be paged through. */
export const connectionShape: Rule = {
  id: 'connection-shape',
  judgement: 'rules',
  severity: 'warning',
  reason: 'Clients page through every ...Connection with the same code: edges, cursor, node and pageInfo.',
  *check(context) {
    for (const { subgraph, document } of eachSubgraph(context)) {
      const types = listTypes(document);
      for (const type of types.values()) {
        const lacking = type.name.endsWith('Connection') ? listLacking(type, types) : [];
        if (lacking.length > 0)
          yield {
            subject: type.name,
            what: `${type.name} lacks ${lacking.join(', ')}.`,
            location: { file: subgraph.schemaFile, line: type.line },
            why: this.reason,
            next: ['Give it the fields of the GraphQL Cursor Connections specification, or another name.'],
          };
        for (const field of type.fields) {
          if (!namedType(field.type).endsWith('Connection')) continue;
          const names = (field.arguments ?? []).map(({ name }) => name.value);
          if (names.includes('first') || names.includes('last')) continue;
          const subject = `${type.name}.${field.name.value}`;
          yield {
            subject,
            what: `${subject} returns a connection but takes neither first nor last.`,
            location: { file: subgraph.schemaFile, line: field.name.loc?.startToken.line ?? type.line },
            why: 'Without them a client can only ask for everything.',
            next: ['Add first and after, and last and before when the list can be read backwards.'],
          };
        }
      }
    }
  },
};

function listLacking(type: SubgraphType, types: ReadonlyMap<string, SubgraphType>): string[] {
  const find = (owner: SubgraphType | undefined, name: string) =>
    owner?.fields.find((field) => field.name.value === name);
  const edges = find(type, 'edges');
  const edge = edges === undefined ? undefined : types.get(namedType(edges.type));
  return [
    ...(edges === undefined ? ['edges'] : []),
    ...(find(type, 'pageInfo') === undefined ? ['pageInfo'] : []),
    ...(edges !== undefined && find(edge, 'node') === undefined ? ['edges.node'] : []),
    ...(edges !== undefined && find(edge, 'cursor') === undefined ? ['edges.cursor'] : []),
  ];
}
