import { Kind, parse, print, visit } from 'graphql';

import { findAuthorizationNames } from '../auth/requirements.ts';
import { listLinkedFeatures } from './directive-names.ts';

/**
 * A supergraph without @authenticated, @requiresScopes and @policy, for engines: the stock gateway refuses one with
 * them, because it does not enforce them. The gateway enforces them before any engine, from the supergraph as it was.
 * A supergraph without them is answered as it is.
 */
export function stripAuthorization(supergraphSdl: string): string {
  const document = parse(supergraphSdl, { noLocation: true });
  const names = findAuthorizationNames(document);
  if (names.size === 0) return supergraphSdl;
  const features = listLinkedFeatures(document).filter((feature) => names.has(feature.name));
  const links = new Set(features.map((feature) => feature.node));
  const directives = new Set(names.values());
  const isOfFeature = (name: string): boolean =>
    features.some(({ prefix }) => name.startsWith(`${prefix}__`));
  return print(
    visit(document, {
      Directive: (node) => (links.has(node) || directives.has(node.name.value) ? null : undefined),
      [Kind.DIRECTIVE_DEFINITION]: (node) => (directives.has(node.name.value) ? null : undefined),
      [Kind.SCALAR_TYPE_DEFINITION]: (node) => (isOfFeature(node.name.value) ? null : undefined),
    }),
  );
}
