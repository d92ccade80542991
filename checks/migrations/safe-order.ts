import { joinNames } from '../join-names.ts';
import { listGrownRequirements } from '../project/grown-requirements.ts';
import { listRemovedKeys, printKey } from '../project/removed-keys.ts';
import { listTypesOf } from '../project/subgraph-types.ts';
import type { Snapshot } from '../project/snapshot.ts';
import type { Finding } from '../finding.ts';
import type { Phase } from './hazard.ts';
import type { JudgedMigration } from './judge-migrations.ts';

/** One step of bringing the change to production. */
export interface OrderStep {
  readonly phase: 'expand' | 'migrate' | 'deploy' | 'publish' | 'contract';
  readonly service?: string;
  readonly text: string;
}

/** How a subgraph's schema differs, field by field; a key that gateways may ask by goes like a field. */
interface SubgraphChange {
  readonly name: string;
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** What fields need of their entity that they did without before: `price for Product.shipping`. */
  readonly required: readonly string[];
  readonly isNew: boolean;
  readonly isGone: boolean;
}

/**
 * The order in which nothing breaks: what only adds to databases; rows; services with what they add, the ones that
 * others need first; the supergraph, from which on the gateway uses the new, sends what is required and no longer asks for
 * the old; services that require more, or without what they removed; what takes away from databases.
 */
export function planSafeOrder(
  base: Snapshot,
  head: Snapshot,
  migrations: readonly JudgedMigration[],
  findings: readonly Finding[],
): OrderStep[] {
  const changes = findSubgraphChanges(base, head);
  const changedCode = findChangedServices(base, head).filter(
    (name) => !changes.some((change) => change.name === name),
  );
  const hasGraphChange = changes.some(
    ({ added, removed, required }) => added.length + removed.length + required.length > 0,
  );
  const hasRemoval = changes.some(
    ({ removed, required, isGone }) => removed.length + required.length > 0 || isGone,
  );
  // One service that only adds: whatever comes first, nothing breaks.
  if (migrations.length === 0 && !hasRemoval && changes.length < 2) return [];
  const steps: OrderStep[] = [
    ...listPhase(migrations, 'expand'),
    ...listVersionsBetween(migrations),
    ...listPhase(migrations, 'migrate'),
    ...listDeployments(sortProvidersFirst(changes, head), changedCode),
  ];
  if (hasGraphChange)
    steps.push({
      phase: 'publish',
      text: 'publish the supergraph ("npx freehold publish"): from here on the gateway asks for what is new, and no longer for what is gone',
    });
  for (const { name, removed, required, added, isGone } of changes) {
    if (isGone)
      steps.push({ phase: 'deploy', service: name, text: `stop ${name}: no plan asks it any more` });
    else if (removed.length + required.length > 0) {
      const without = removed.length > 0 ? [`without ${listShort(removed)}`] : [];
      const needing = required.length > 0 ? [`needing ${listShort(required)}`] : [];
      const note =
        added.length === 0
          ? ''
          : removed.length > 0
            ? ' (the step before kept it)'
            : ' (the step before did without)';
      steps.push({
        phase: 'deploy',
        service: name,
        text: `deploy ${name} ${joinNames([...without, ...needing])}${note}`,
      });
    }
  }
  steps.push(...listPhase(migrations, 'contract', findings));
  return steps;
}

function listPhase(
  migrations: readonly JudgedMigration[],
  phase: Phase,
  findings: readonly Finding[] = [],
): OrderStep[] {
  return migrations.flatMap(({ service, migration, statements }) => {
    const own = statements.filter((one) => one.instead === undefined);
    const written = own.filter((one) => one.phase === phase).map((one) => one.summary);
    const better = statements.flatMap((one) => (one.instead ?? []).filter((step) => step.phase === phase));
    const summaries = [...new Set([...written, ...better.map((step) => step.text)])];
    if (summaries.length === 0) return [];
    const isMixed = new Set(own.map((one) => one.phase)).size > 1;
    const note =
      better.length > 0 ? ', instead of what it does now' : isMixed ? ', which has to be split' : '';
    const breaks = findings.some(
      (finding) => finding.location?.file === migration.file && finding.severity === 'breaking',
    );
    const when = breaks ? `when no version that needs the old state runs any more, ` : '';
    return [
      {
        phase,
        service,
        text: `${when}migrate ${service}: ${listShort(summaries)} (${migration.name}${note})`,
      },
    ];
  });
}

/** Versions that write the old and the new, so that rows can be filled while they run. */
function listVersionsBetween(migrations: readonly JudgedMigration[]): OrderStep[] {
  return migrations.flatMap(({ service, statements }) => {
    const texts = statements.flatMap((one) => (one.instead ?? []).filter(({ phase }) => phase === 'deploy'));
    return [...new Set(texts.map(({ text }) => text))].map((text): OrderStep => ({
      phase: 'deploy',
      service,
      text: `deploy ${service}: ${text}`,
    }));
  });
}

function listShort(items: readonly string[]): string {
  return items.length <= 4
    ? items.join(', ')
    : `${items.slice(0, 3).join(', ')} and ${items.length - 3} more`;
}

function listDeployments(changes: readonly SubgraphChange[], changedCode: readonly string[]): OrderStep[] {
  return [
    ...changes.flatMap(({ name, added, removed, required, isNew, isGone }): OrderStep[] => {
      if (isGone || (added.length === 0 && removed.length + required.length > 0)) return [];
      const kept = [
        ...(removed.length > 0 ? [`, still with ${listShort(removed)}`] : []),
        ...(required.length > 0 ? [`, not needing ${listShort(required)} yet`] : []),
      ].join('');
      const what = added.length > 0 ? ` with ${listShort(added)}` : '';
      return [
        {
          phase: 'deploy',
          service: name,
          text: `deploy ${isNew ? 'the new service ' : ''}${name}${what}${kept}`,
        },
      ];
    }),
    ...changedCode.map((name): OrderStep => ({ phase: 'deploy', service: name, text: `deploy ${name}` })),
  ];
}

function findSubgraphChanges(base: Snapshot, head: Snapshot): SubgraphChange[] {
  const names = new Set([...head.subgraphs, ...base.subgraphs].map(({ name }) => name));
  const requirements = listGrownRequirements(base, head);
  const keys = listRemovedKeys(base, head).filter(({ tellers }) => tellers.length > 0);
  return [...names].flatMap((name) => {
    const before = listFields(base, name);
    const after = listFields(head, name);
    const change = {
      name,
      added: [...after].filter((field) => !before.has(field)),
      removed: [
        ...[...before].filter((field) => !after.has(field)),
        ...keys.filter(({ service }) => service === name).map(printKey),
      ],
      required: requirements
        .filter(({ service }) => service === name)
        .map(({ type, field, added }) => `${joinNames(added)} for ${type}.${field}`),
      isNew: !base.subgraphs.some((subgraph) => subgraph.name === name),
      isGone: !head.subgraphs.some((subgraph) => subgraph.name === name),
    };
    const oldSdl = base.subgraphs.find((subgraph) => subgraph.name === name)?.sdl;
    const newSdl = head.subgraphs.find((subgraph) => subgraph.name === name)?.sdl;
    return oldSdl === newSdl ? [] : [change];
  });
}

function listFields(snapshot: Snapshot, service: string): Set<string> {
  return new Set(
    [...listTypesOf(snapshot, service).values()].flatMap((type) =>
      type.fields
        .filter((field) => !(field.directives ?? []).some(({ name }) => name.value === 'external'))
        .map((field) => `${type.name}.${field.name.value}`),
    ),
  );
}

/** Services whose code or declaration changed, beside those whose schema did. */
function findChangedServices(base: Snapshot, head: Snapshot): string[] {
  return head.subgraphs
    .map(({ name }) => name)
    .filter((name) => {
      const isOwn = (file: string) =>
        (file.startsWith(`subgraphs/${name}/`) && file.endsWith('.ts')) ||
        file === `prisma/${name}/schema.prisma`;
      const read = (snapshot: Snapshot) =>
        JSON.stringify([...snapshot.files].filter(([file]) => isOwn(file)));
      return read(base) !== read(head);
    });
}

/** A service that marks a field @external needs the service that owns it to be there first. */
function sortProvidersFirst(changes: readonly SubgraphChange[], head: Snapshot): SubgraphChange[] {
  const needs = new Map(
    changes.map(({ name }) => {
      const external = [...listTypesOf(head, name).values()];
      const fields = external.flatMap((type) =>
        type.fields
          .filter((field) =>
            (field.directives ?? []).some((directive) => directive.name.value === 'external'),
          )
          .map((field) => `${type.name}.${field.name.value}`),
      );
      return [name, fields] as const;
    }),
  );
  const sorted: SubgraphChange[] = [];
  const visiting = new Set<string>();
  const visit = (change: SubgraphChange) => {
    if (visiting.has(change.name)) return;
    visiting.add(change.name);
    for (const provider of changes)
      if (provider.added.some((field) => needs.get(change.name)?.includes(field) === true)) visit(provider);
    sorted.push(change);
  };
  for (const change of changes) visit(change);
  return sorted;
}
