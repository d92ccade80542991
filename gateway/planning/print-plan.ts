import type {
  CompiledPlan,
  EntityTarget,
  KeyRename,
  PlanStep,
  Required,
  RewriteHop,
} from './compiled-plan.ts';

/** Prints a compiled plan for people: every step with what it waits for, sends and reads. */
export function printPlan(plan: CompiledPlan): string {
  if (plan.steps.length === 0) return 'no steps: everything is answered locally';
  return plan.steps.map(printStep).join('\n');
}

function printStep(step: PlanStep): string {
  const after = step.after.length === 0 ? '' : ` after ${step.after.join(', ')}`;
  const variables = step.variables.length === 0 ? '' : ` with $${step.variables.join(', $')}`;
  const lines = [`step ${step.id}: ${step.service}${after}${variables}`, `  ${step.query}`];
  if (step.kind === 'root') {
    if (step.path.length > 0) lines.push(`  into ${step.path.join('.')}`);
    lines.push(...step.renames.map((rename) => `  ${printRename(rename)}`));
    return lines.join('\n');
  }
  for (const { variable, targets, known, renames } of step.batches)
    lines.push(
      ...targets.flatMap((target) => printTarget(variable, target)),
      ...known.map((path) => `    known where it stands at ${path.join('.')}`),
      ...renames.map((rename) => `  ${printRename(rename)}`),
    );
  return lines.join('\n');
}

function printTarget(variable: string, { path, requires, overrides }: EntityTarget): readonly string[] {
  return [
    `  $${variable} from ${path.join('.')} ${printRequires(requires)}`,
    ...overrides.map(
      (override) => `    set ${printHops(override.path)}${override.key} = ${JSON.stringify(override.value)}`,
    ),
  ];
}

function printRequires(requires: readonly Required[]): string {
  const parts = requires.map((entry) => {
    const inner = entry.requires === undefined ? '' : ` ${printRequires(entry.requires)}`;
    if (entry.kind === 'fragment') return `... on ${entry.typeCondition}${inner}`;
    return `${entry.sendAs === entry.key ? '' : `${entry.sendAs}: `}${entry.key}${inner}`;
  });
  return `{ ${parts.join(' ')} }`;
}

function printRename({ path, from, to }: KeyRename): string {
  return `rename ${printHops(path)}${from} to ${to}`;
}

function printHops(hops: readonly RewriteHop[]): string {
  return hops
    .map((hop) => (hop.kind === 'field' ? `${hop.key}.` : `<${hop.typeNames.join(' | ')}>.`))
    .join('');
}
