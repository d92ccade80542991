import { print } from 'graphql';

import { hasDirective, listTypes, type SubgraphType } from '../project/subgraph-types.ts';
import { findColumn, findTable } from '../databases/table-mapping.ts';
import { eachSubgraph, placeOf, type Rule, type RuleContext } from './rule.ts';
import type { FieldDefinitionNode } from 'graphql';
import type { SubgraphSnapshot } from '../project/snapshot.ts';

interface Share {
  readonly subgraph: SubgraphSnapshot;
  readonly type: SubgraphType;
  readonly field: FieldDefinitionNode;
  /** The column that it is read from, when it is one. */
  readonly column: string | undefined;
}

/** A field that several services answer is the same in all of them. */
export const shareableDisagrees: Rule = {
  id: 'shareable-disagrees',
  judgement: 'rules',
  severity: 'warning',
  reason:
    "Which service answers a @shareable field is the planner's choice, and may change with any other field that is asked for.",
  *check(context) {
    for (const [coordinate, shares] of collectShares(context)) {
      const [first, ...others] = shares;
      if (first === undefined || others.length === 0) continue;
      const fault = findFault(shares);
      if (fault === undefined) continue;
      yield {
        subject: coordinate,
        what: `${coordinate} is @shareable, but ${shares.map((share) => share.subgraph.name).join(' and ')} can disagree: ${fault}.`,
        location: placeOf(first.subgraph, first.field),
        related: others.map((share) => ({
          ...placeOf(share.subgraph, share.field),
          label: share.subgraph.name,
        })),
        why: this.reason,
        next: [
          'Let one service own the field: mark it @external in the other and use @provides or @requires.',
          'When the copies are kept equal (by events, or because the value never changes): switch the rule off for it and say how.',
        ],
      };
    }
  },
};

function collectShares(context: RuleContext): Map<string, Share[]> {
  const shares = new Map<string, Share[]>();
  for (const { subgraph, document } of eachSubgraph(context)) {
    const database = context.databases.get(subgraph.name);
    for (const type of listTypes(document).values()) {
      const table = database && findTable(database, type.name, type.interfaces, context.tables);
      for (const field of type.fields) {
        if (!hasDirective(field, 'shareable') && !hasDirective(type, 'shareable')) continue;
        const column = database && table && findColumn(database, table, field.name.value);
        const coordinate = `${type.name}.${field.name.value}`;
        const share = {
          subgraph,
          type,
          field,
          column: column && table ? `${table.name}.${column}` : undefined,
        };
        shares.set(coordinate, [...(shares.get(coordinate) ?? []), share]);
      }
    }
  }
  return shares;
}

function findFault(shares: readonly Share[]): string | undefined {
  const types = [...new Set(shares.map(({ field }) => print(field.type)))];
  if (types.length > 1) return `their types are ${types.join(' and ')}`;
  const stored = shares.filter(({ column }) => column !== undefined);
  if (stored.length > 1)
    return `each keeps it in a database of its own (${stored.map(({ subgraph, column }) => `${subgraph.name}: ${column}`).join(', ')})`;
  return undefined;
}
