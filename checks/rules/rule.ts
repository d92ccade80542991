import type { DocumentNode, GraphQLSchema } from 'graphql';

import type { ServiceDatabase } from '../databases/service-database.ts';
import type { Hit, RelatedPlace, Severity, SourceLocation } from '../finding.ts';
import type { Snapshot, SubgraphSnapshot } from '../project/snapshot.ts';
import type { RuleInfo } from '../rule-info.ts';

/** What a rule looks at: one side, so that the same rule tells what is new in the other. */
export interface RuleContext {
  readonly snapshot: Snapshot;
  readonly databases: ReadonlyMap<string, ServiceDatabase>;
  /** Configured tables by `service.Type`. */
  readonly tables: Readonly<Record<string, string>>;
  /** The API schema; undefined when the subgraphs do not compose. */
  readonly schema: GraphQLSchema | undefined;
}

/** What a rule says about one thing. */
export interface RuleViolation {
  readonly subject: string;
  readonly what: string;
  readonly location: SourceLocation;
  readonly why: string;
  readonly next: readonly string[];
  readonly related?: readonly RelatedPlace[];
  readonly hits?: readonly Hit[];
  /** When it is another than the rule's own. */
  readonly severity?: Severity;
}

/** A rule on schemas: one file each, listed in `rules.ts`. */
export interface Rule extends RuleInfo {
  readonly judgement: 'rules';
  check(context: RuleContext): Iterable<RuleViolation>;
}

/** The subgraphs whose schema is GraphQL, with the parsed schema. */
export function* eachSubgraph(
  context: RuleContext,
): Generator<{ subgraph: SubgraphSnapshot; document: DocumentNode }> {
  for (const subgraph of context.snapshot.subgraphs) {
    const document = context.snapshot.index.documents.get(subgraph.name);
    if (document !== undefined) yield { subgraph, document };
  }
}

/** Where a node begins to be itself: its name, not its description. */
export function placeOf(
  subgraph: SubgraphSnapshot,
  node: {
    readonly name: {
      readonly loc?: { readonly startToken: { readonly line: number; readonly column: number } } | undefined;
    };
  },
): SourceLocation {
  const token = node.name.loc?.startToken;
  return { file: subgraph.schemaFile, line: token?.line ?? 1, column: token?.column ?? 1 };
}
