import type { Command } from 'commander';

import type { MigrateContext } from '../migrate-project.ts';

interface DataOption {
  readonly data?: string;
}

interface ApplyFlags extends DataOption {
  readonly dryRun?: true;
  readonly retry?: true;
}

const dataOption = [
  '--data <dir>',
  'folder of the embedded databases; default: .freehold/data in the project',
] as const;

/** `freehold migrate [service]` and `freehold migrate new SERVICE NAME`. */
export function addMigrateCommand(program: Command): void {
  const migrate = program
    .command('migrate')
    .description("Apply the migrations that the services' databases have not got yet")
    .argument('[service]', 'only this one; default: all')
    .option('--dry-run', 'only tell what is missing and what is not in order')
    .option('--retry', 'run a failed migration again that controls its own transactions')
    .option(...dataOption)
    .action(applyAll);
  migrate
    .command('new')
    .description("Write the next migration from a service's declared schema")
    .argument('<service>')
    .argument('<name>', 'what it does, for instance "add phone number"')
    .option(...dataOption)
    // Commander gives the parent every option that it knows too.
    .action(async (service: string, name: string, _: DataOption, command: Command) => {
      await writeNew(service, name, command.optsWithGlobals<DataOption>());
    });
}

async function applyAll(service: string | undefined, flags: ApplyFlags): Promise<void> {
  const { findSubgraph } = await import('../project.ts');
  const { migrateService, diagnoseService } = await import('../migrate-project.ts');
  const { reportFailure } = await import('../report-failure.ts');
  await withContext(flags, async (context) => {
    const { project, signal } = context;
    const subgraphs = service === undefined ? project.subgraphs : [findSubgraph(project, service)];
    for (const subgraph of subgraphs) {
      // One service's trouble is its own: the others are migrated all the same.
      try {
        if (flags.dryRun) printDiagnosis(subgraph.name, await diagnoseService(context, subgraph));
        else printOutcome(subgraph.name, await migrateService(context, subgraph, flags));
      } catch (error) {
        if (signal?.aborted) throw error;
        reportFailure(error);
        process.exitCode = 1;
      }
    }
  });
}

async function writeNew(service: string, name: string, flags: DataOption): Promise<void> {
  const { findSubgraph } = await import('../project.ts');
  const { createServiceMigration } = await import('../migrate-project.ts');
  await withContext(flags, async (context) => {
    const created = await createServiceMigration(context, findSubgraph(context.project, service), name);
    if (!created) {
      console.log(`${service}: the migrations already lead to the declared schema; nothing written.`);
      return;
    }
    console.log(`${service}: wrote ${created.file}\n`);
    console.log(created.text.trim());
    console.log(`\nRead it, then apply it with: npx freehold migrate ${service}`);
  });
}

/** Loads what both commands need; Ctrl-C and SIGTERM cancel what runs, and the databases are stopped. */
async function withContext(
  flags: DataOption,
  use: (context: MigrateContext) => Promise<void>,
): Promise<void> {
  const { pino } = await import('pino');
  const { loadProject } = await import('../project.ts');
  const { readEnvironment } = await import('../environment.ts');
  const { MigrationError } = await import('../../databases/migrations/migration-error.ts');
  const stop = new AbortController();
  const onSignal = (signal: NodeJS.Signals): void =>
    stop.abort(
      new MigrationError(`Stopped by ${signal}. What was applied so far stays; run it again to go on.`),
    );
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  try {
    await use({
      project: await loadProject(),
      environment: readEnvironment(),
      log: pino({ level: 'warn' }, pino.destination(2)),
      signal: stop.signal,
      ...(flags.data === undefined ? {} : { dataFolder: flags.data }),
    });
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}

function printOutcome(
  service: string,
  outcome: { readonly applied: readonly string[]; readonly alreadyApplied: readonly string[] },
): void {
  for (const name of outcome.applied) console.log(`${service}: applied ${name}`);
  if (outcome.applied.length > 0) return;
  const count = outcome.alreadyApplied.length;
  console.log(`${service}: up to date (${count} ${count === 1 ? 'migration' : 'migrations'})`);
}

function printDiagnosis(
  service: string,
  diagnosis: {
    readonly pending: readonly string[];
    readonly edited: readonly string[];
    readonly failed: readonly string[];
    readonly unknown: readonly string[];
    readonly undeclared: string | undefined;
  },
): void {
  const { pending, edited, failed, unknown, undeclared } = diagnosis;
  const lines = [
    ...pending.map((name) => `would apply ${name}`),
    ...edited.map((name) => `changed after it was applied: ${name}`),
    ...failed.map((name) => `begun and not finished: ${name}`),
    ...unknown.map((name) => `in the database and not in the folder: ${name}`),
    ...(undeclared === undefined
      ? []
      : [
          `declared but made by no migration (npx freehold migrate new ${service} NAME):\n${undeclared.trim()}`,
        ]),
  ];
  if (lines.length === 0) console.log(`${service}: up to date`);
  for (const line of lines) console.log(`${service}: ${line}`);
  if (edited.length + failed.length > 0 || undeclared !== undefined) process.exitCode = 1;
}
