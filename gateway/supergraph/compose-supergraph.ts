import { composeServices } from '@apollo/composition';
import { parse, Source, type DocumentNode, type GraphQLError } from 'graphql';

/** One subgraph's share in a composition. */
export interface SubgraphSource {
  readonly name: string;
  /** Where the gateway finds it, unless the gateway is told otherwise; it is written into `@join__graph`. */
  readonly url: string;
  readonly sdl: string;
  /** Where `sdl` came from, for messages. */
  readonly file?: string;
}

/** What is wrong, and in which subgraphs' sources. */
export interface CompositionProblem {
  /** Code of the error or hint, such as `FIELD_TYPE_MISMATCH`. */
  readonly code: string;
  readonly message: string;
  readonly places: readonly CompositionPlace[];
}

/** A line of a subgraph's schema; lines and columns count from 1. */
export interface CompositionPlace {
  readonly subgraph: string;
  readonly file: string | undefined;
  readonly line: number;
  readonly column: number;
}

export type CompositionOutcome =
  | {
      readonly kind: 'composed';
      readonly supergraphSdl: string;
      readonly hints: readonly CompositionProblem[];
    }
  | { readonly kind: 'failed'; readonly errors: readonly CompositionProblem[] };

/**
 * Composes a supergraph from subgraphs' schemas by Federation 2's rules (`@apollo/composition`).
 * A schema that is no GraphQL at all is a problem like any other: nothing is thrown.
 */
export function composeSupergraph(subgraphs: readonly SubgraphSource[]): CompositionOutcome {
  const services: { name: string; url: string; typeDefs: DocumentNode }[] = [];
  const syntaxErrors: CompositionProblem[] = [];
  for (const subgraph of subgraphs) {
    try {
      const typeDefs = parse(new Source(subgraph.sdl, subgraph.file ?? subgraph.name));
      services.push({ name: subgraph.name, url: subgraph.url, typeDefs });
    } catch (error) {
      syntaxErrors.push(describeSyntaxError(error as GraphQLError, subgraph));
    }
  }
  if (syntaxErrors.length > 0) return { kind: 'failed', errors: syntaxErrors };

  const result = composeServices(services);
  const files = new Map(subgraphs.map((subgraph) => [subgraph.name, subgraph.file]));
  if (result.errors !== undefined) {
    return {
      kind: 'failed',
      errors: result.errors.map((error) => ({
        code: (error.extensions['code'] as string | undefined) ?? 'INVALID_GRAPHQL',
        message: error.message,
        places: findPlaces(error.nodes, files),
      })),
    };
  }
  return {
    kind: 'composed',
    supergraphSdl: result.supergraphSdl,
    hints: result.hints.map((hint) => ({
      code: hint.definition.code,
      message: hint.message,
      places: findPlaces(hint.nodes, files),
    })),
  };
}

function describeSyntaxError(error: GraphQLError, subgraph: SubgraphSource): CompositionProblem {
  const { line = 1, column = 1 } = error.locations?.[0] ?? {};
  return {
    code: 'INVALID_GRAPHQL',
    message: `[${subgraph.name}] ${error.message}`,
    places: [{ subgraph: subgraph.name, file: subgraph.file, line, column }],
  };
}

/** Composition marks its nodes with the subgraph they come from (`SubgraphASTNode` of federation-internals). */
function findPlaces(
  nodes: readonly unknown[] | undefined,
  files: ReadonlyMap<string, string | undefined>,
): CompositionPlace[] {
  return (nodes ?? []).flatMap((node) => {
    const { subgraph, loc } = node as {
      subgraph?: string;
      loc?: { startToken: { line: number; column: number } };
    };
    if (subgraph === undefined || loc === undefined) return [];
    const { line, column } = loc.startToken;
    return [{ subgraph, file: files.get(subgraph), line, column }];
  });
}

/** The problems as lines for people. */
export function printProblems(problems: readonly CompositionProblem[]): string {
  return problems
    .map((problem) => {
      const places = problem.places.map(
        (place) => `\n    ${place.file ?? place.subgraph}:${place.line}:${place.column}`,
      );
      return `- ${problem.code}: ${problem.message}${places.join('')}`;
    })
    .join('\n');
}
