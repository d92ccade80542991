import { valueFromASTUntyped, visit, type DocumentNode } from 'graphql';

/**
 * The labels of `@override(from:, label:)` in a supergraph (join v0.4, progressive override), and whether each is true:
 * then the field is asked of the subgraph that takes it over, else of the one that has it still.
 *
 * `percent(100)` is true. All others are false for every request: a part of the requests (`percent(20)`) would need two
 * plans for each operation, and what a label of one's own means, nobody has told the gateway. The stock engine takes
 * every label for false.
 */
export function readOverrideLabels(supergraph: DocumentNode): ReadonlyMap<string, boolean> {
  const labels = new Map<string, boolean>();
  visit(supergraph, {
    Directive(node) {
      if (node.name.value !== 'join__field') return;
      const given = node.arguments?.find(({ name }) => name.value === 'overrideLabel')?.value;
      const label: unknown = given === undefined ? undefined : valueFromASTUntyped(given);
      if (typeof label === 'string') labels.set(label, percentOf(label) === 100);
    },
  });
  return labels;
}

/** The labels that ask for what is not done here: all but `percent(0)` and, where it `evaluates` labels, `percent(100)`. */
export function listIgnoredLabels(labels: ReadonlyMap<string, boolean>, evaluates: boolean): string[] {
  return [...labels.keys()].filter((label) => {
    const percent = percentOf(label);
    return percent !== 0 && !(percent === 100 && evaluates);
  });
}

function percentOf(label: string): number | undefined {
  const [, number] = /^percent\((\d+(?:\.\d+)?)\)$/.exec(label) ?? [];
  return number === undefined ? undefined : Number(number);
}
