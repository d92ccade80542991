import { type DocumentNode, GraphQLError, type GraphQLSchema, parse, validate } from 'graphql';

/** A document that can be run, or why it cannot. */
export type CheckedDocument =
  | { readonly kind: 'valid'; readonly document: DocumentNode }
  | { readonly kind: 'refused'; readonly code: string; readonly errors: readonly GraphQLError[] };

/** How many documents are kept, and how long a text that is kept may be, in characters. */
const documentsMax = 1_000;
const textLengthMax = 100_000;

/** Parses and validates each text once. The valid ones used last are kept. */
export class DocumentCache {
  readonly #schema: GraphQLSchema;
  readonly #kept = new Map<string, CheckedDocument>();

  constructor(schema: GraphQLSchema) {
    this.#schema = schema;
  }

  /** The document of that text. */
  get(text: string): CheckedDocument {
    const known = this.#kept.get(text);
    const checked = known ?? this.#check(text);
    if (checked.kind === 'refused' || text.length > textLengthMax) return checked;
    // A map keeps the order in which keys were set: the first one is the one not used for longest.
    if (known) this.#kept.delete(text);
    this.#kept.set(text, checked);
    if (this.#kept.size > documentsMax)
      for (const oldest of this.#kept.keys()) {
        this.#kept.delete(oldest);
        break;
      }
    return checked;
  }

  #check(text: string): CheckedDocument {
    let document: DocumentNode;
    try {
      document = parse(text);
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error;
      return { kind: 'refused', code: 'GRAPHQL_PARSE_FAILED', errors: [error] };
    }
    const errors = validate(this.#schema, document);
    return errors.length > 0
      ? { kind: 'refused', code: 'GRAPHQL_VALIDATION_FAILED', errors }
      : { kind: 'valid', document };
  }
}
