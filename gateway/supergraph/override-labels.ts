import { Kind, parse as parseGraphql, valueFromASTUntyped, visit, type DocumentNode } from 'graphql';

/**
 * A label of `@override(from:, label:)` in a supergraph (join v0.4, progressive override): for requests where it is true
 * its fields are asked of the subgraph that takes them over, for all others of the one that has them still.
 */
export interface OverrideLabel {
  readonly label: string;
  /** What `percent(20)` says of itself; undefined for a label of one's own. */
  readonly percent: number | undefined;
  /** The fields that it is about, without their types. */
  readonly fieldNames: readonly string[];
  /** Whether an operation may depend on it that names none of its fields: one is part of a key or of a `@requires`. */
  readonly isRequired: boolean;
}

/** The labels of a supergraph, in the order in which they stand there. */
export function readOverrideLabels(supergraph: DocumentNode): readonly OverrideLabel[] {
  const fieldNamesOf = new Map<string, Set<string>>();
  const required = new Set<string>();
  visit(supergraph, {
    FieldDefinition(field) {
      for (const directive of field.directives ?? []) {
        if (directive.name.value !== 'join__field') continue;
        const given = directive.arguments?.find(({ name }) => name.value === 'overrideLabel')?.value;
        const label: unknown = given === undefined ? undefined : valueFromASTUntyped(given);
        if (typeof label !== 'string') continue;
        const known = fieldNamesOf.get(label) ?? new Set();
        fieldNamesOf.set(label, known.add(field.name.value));
      }
    },
    Directive(directive) {
      if (directive.name.value !== 'join__field' && directive.name.value !== 'join__type') return;
      for (const { name, value } of directive.arguments ?? [])
        if ((name.value === 'requires' || name.value === 'key') && value.kind === Kind.STRING)
          for (const field of listFieldNames(value.value)) required.add(field);
    },
  });
  return [...fieldNamesOf].map(([label, names]) => ({
    label,
    percent: percentOf(label),
    fieldNames: [...names],
    isRequired: [...names].some((name) => required.has(name)),
  }));
}

function listFieldNames(fieldSet: string): string[] {
  const names: string[] = [];
  visit(parseGraphql(`{${fieldSet}}`, { noLocation: true }), {
    Field: ({ name }) => void names.push(name.value),
  });
  return names;
}

/** By https://www.apollographql.com/docs/graphos/schema-design/federated-schemas/reference/directives#progressive-override. */
function percentOf(label: string): number | undefined {
  const [, number] = /^percent\((\d+(?:\.\d+)?)\)$/.exec(label) ?? [];
  return number === undefined ? undefined : Number(number);
}

/**
 * For how many percent of the requests a label is true. What is `given` for it goes before what it says of itself; of one
 * that says nothing, no request.
 */
export function percentOfRequests(
  { label, percent }: OverrideLabel,
  given: Readonly<Record<string, number>>,
): number {
  return Math.min((Object.hasOwn(given, label) ? given[label] : percent) ?? 0, 100);
}

/** The labels of one's own for which no percentage is given: they are false, and perhaps nobody knows. */
export function listUndecidedLabels(
  labels: readonly OverrideLabel[],
  given: Readonly<Record<string, number>>,
): string[] {
  return labels
    .filter(({ label, percent }) => percent === undefined && !Object.hasOwn(given, label))
    .map(({ label }) => label);
}
