import { Kind, parse, print, type SelectionSetNode } from 'graphql';

import type { SourceLocation } from '../finding.ts';
import type { Snapshot } from './snapshot.ts';
import { listTypesOf, type SubgraphType } from './subgraph-types.ts';

/** A field that a subgraph had before, and for which it now needs more of its entity from others. */
export interface GrownRequirement {
  readonly service: string;
  readonly type: string;
  readonly field: string;
  /** What is new of it, each as a path: `price.amount`. */
  readonly added: readonly string[];
  readonly location: SourceLocation;
  readonly baseLocation: SourceLocation;
}

/** The fields whose `@requires` asks for more than before. */
export function listGrownRequirements(base: Snapshot, head: Snapshot): GrownRequirement[] {
  return base.subgraphs.flatMap(({ name: service, schemaFile: file }) => {
    const before = listTypesOf(base, service);
    return [...listTypesOf(head, service).values()].flatMap((type) =>
      type.fields.flatMap((field): GrownRequirement[] => {
        const name = field.name.value;
        const old = before.get(type.name)?.fields.find((candidate) => candidate.name.value === name);
        // Nobody asks yet for a field that is new, nor has one that was another's been asked for here.
        if (old === undefined || old.directives?.some((directive) => directive.name.value === 'external'))
          return [];
        const known = new Set(listRequired(old));
        const added = listRequired(field).filter((path) => !known.has(path));
        if (added.length === 0) return [];
        const place = (line: number | undefined) => ({ file, line: line ?? 1 });
        return [
          {
            service,
            type: type.name,
            field: name,
            added,
            location: place(field.name.loc?.startToken.line),
            baseLocation: place(old.name.loc?.startToken.line),
          },
        ];
      }),
    );
  });
}

/** The paths to the leaves of a field's `@requires(fields:)`; none where it is no selection, which composition tells. */
function listRequired({ directives = [] }: SubgraphType['fields'][number]): string[] {
  const requires = directives.find(({ name }) => name.value === 'requires');
  const fields = requires?.arguments?.find(({ name }) => name.value === 'fields')?.value;
  if (fields?.kind !== Kind.STRING) return [];
  try {
    const [definition] = parse(`{ ${fields.value} }`, { noLocation: true }).definitions;
    return definition?.kind === Kind.OPERATION_DEFINITION ? listLeaves(definition.selectionSet, '') : [];
  } catch {
    return [];
  }
}

function listLeaves({ selections }: SelectionSetNode, above: string): string[] {
  return selections.flatMap((selection) => {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return [];
    const { selectionSet, ...own } = selection;
    const hop = own.kind === Kind.FIELD ? print(own) : `<${own.typeCondition?.name.value ?? ''}>`;
    const path = above === '' ? hop : `${above}.${hop}`;
    return selectionSet === undefined ? [path] : listLeaves(selectionSet, path);
  });
}
