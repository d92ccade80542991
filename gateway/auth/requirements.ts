import { Kind, parse, valueFromASTUntyped, type ConstDirectiveNode, type DocumentNode } from 'graphql';

import { listLinkedFeatures } from '../supergraph/directive-names.ts';
import type { RequestIdentity } from './request-identity.ts';

/** What a caller needs for a type or field. In a list of lists, one inner list has to be held whole. */
export interface Requirement {
  readonly isAuthenticated: boolean;
  readonly scopes: readonly (readonly string[])[];
  readonly policies: readonly (readonly string[])[];
}

/** The requirements of a supergraph, by `Type` and `Type.field`. */
export type Requirements = ReadonlyMap<string, Requirement>;

/** Directives that say who may see what; each is a feature of its own. */
const authorizationFeatures = ['authenticated', 'requiresScopes', 'policy'] as const;

/** Lists what the authorization directives of a supergraph are called in it; empty when it links none. */
export function findAuthorizationNames(document: DocumentNode): ReadonlyMap<string, string> {
  const features = listLinkedFeatures(document);
  return new Map(
    authorizationFeatures.flatMap((name): [string, string][] => {
      const feature = features.find((linked) => linked.name === name);
      return feature === undefined ? [] : [[name, feature.directiveName(name)]];
    }),
  );
}

/** Reads @authenticated, @requiresScopes and @policy from a supergraph, under whatever names it links them. */
export function readRequirements(supergraphSdl: string): Requirements {
  const document = parse(supergraphSdl, { noLocation: true });
  const names = findAuthorizationNames(document);
  const requirements = new Map<string, Requirement>();
  if (names.size === 0) return requirements;
  const add = (coordinate: string, directives: readonly ConstDirectiveNode[] = []): void => {
    const requirement = readRequirement(directives, names);
    if (requirement !== undefined) requirements.set(coordinate, requirement);
  };
  for (const definition of document.definitions) {
    switch (definition.kind) {
      case Kind.OBJECT_TYPE_DEFINITION:
      case Kind.INTERFACE_TYPE_DEFINITION:
        add(definition.name.value, definition.directives);
        for (const field of definition.fields ?? []) {
          add(`${definition.name.value}.${field.name.value}`, field.directives);
        }
        break;
      case Kind.ENUM_TYPE_DEFINITION:
      case Kind.SCALAR_TYPE_DEFINITION:
        add(definition.name.value, definition.directives);
        break;
      default:
    }
  }
  return requirements;
}

function readRequirement(
  directives: readonly ConstDirectiveNode[],
  names: ReadonlyMap<string, string>,
): Requirement | undefined {
  const find = (feature: string): ConstDirectiveNode | undefined =>
    directives.find((directive) => directive.name.value === names.get(feature));
  const authenticated = find('authenticated');
  const scopes = find('requiresScopes');
  const policies = find('policy');
  if (authenticated === undefined && scopes === undefined && policies === undefined) return undefined;
  return {
    isAuthenticated: authenticated !== undefined,
    scopes: readLists(scopes, 'scopes'),
    policies: readLists(policies, 'policies'),
  };
}

function readLists(directive: ConstDirectiveNode | undefined, argument: string): string[][] {
  if (directive === undefined) return [];
  const node = directive.arguments?.find((candidate) => candidate.name.value === argument);
  const value = node === undefined ? [] : valueFromASTUntyped(node.value);
  // GraphQL reads a single value as a list of one, at both levels.
  const outer = Array.isArray(value) ? value : [value];
  const lists = outer.map((inner: unknown) => (Array.isArray(inner) ? inner : [inner]).map(String));
  // A directive that lists nothing lets nobody in: an empty name is never held.
  return lists.length > 0 ? lists : [['']];
}

/** Whether a caller fulfils a requirement. */
export function isFulfilled(requirement: Requirement, identity: RequestIdentity | undefined): boolean {
  if (requirement.isAuthenticated && identity === undefined) return false;
  return holdsOne(requirement.scopes, identity?.scopes) && holdsOne(requirement.policies, identity?.policies);
}

function holdsOne(lists: readonly (readonly string[])[], held: ReadonlySet<string> = new Set()): boolean {
  return lists.length === 0 || lists.some((list) => list.every((name) => held.has(name)));
}
