import type { Supergraph } from '@apollo/federation-internals';
import { print, type DocumentNode } from 'graphql';

import { listFieldNames } from '../operation/field-names.ts';
import { readOverrideLabels, type OverrideLabel } from '../supergraph/override-labels.ts';

/** What the gateway needs of a supergraph beside plans: plain data, because planning is on another thread. */
export interface SupergraphDescription {
  /** The schema that clients see. */
  readonly apiSdl: string;
  /** Every field name, those that clients do not see among them. */
  readonly fieldNames: readonly string[];
  readonly subgraphs: readonly { readonly name: string; readonly url: string }[];
  readonly overrideLabels: readonly OverrideLabel[];
}

/** Describes the supergraph that composition wrote, not the prepared one: virtual fields must not reach clients. */
export function describeSupergraph(supergraph: Supergraph, document: DocumentNode): SupergraphDescription {
  return {
    apiSdl: print(supergraph.apiSchema().toAST()),
    fieldNames: [...listFieldNames(supergraph.schema.types())],
    subgraphs: supergraph.subgraphsMetadata().map(({ name, url }) => ({ name, url })),
    overrideLabels: readOverrideLabels(document),
  };
}
