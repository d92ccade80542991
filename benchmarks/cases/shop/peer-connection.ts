/** What the peers' resolvers answer for a list: the page without cursors, which none of the operations asks for. */
export interface PeerConnection<Row> {
  readonly nodes: readonly Row[];
  readonly pageInfo: { readonly hasNextPage: boolean };
}

/** A page of at most `first` rows, made of one row more where there is one. */
export function pageOf<Row>(rows: readonly Row[], first: number): PeerConnection<Row> {
  return { nodes: rows.slice(0, first), pageInfo: { hasNextPage: rows.length > first } };
}

/** Arguments of a list, as far as the operations use them. */
export interface ListArguments {
  readonly first?: number | null;
}

/** How many rows a list has when the caller does not say; that of the schema. */
export const firstDefault = 20;
