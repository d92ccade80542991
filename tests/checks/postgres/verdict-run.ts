import type { Node } from 'libpg-query';

import { applySql } from '../../../checks/databases/apply-sql.ts';
import { parseSql } from '../../../checks/databases/parse-sql.ts';
import type { Hazard } from '../../../checks/migrations/hazard.ts';
import { judgeStatement } from '../../../checks/migrations/judge-statement.ts';
import { Random } from '../../differential/random.ts';
import { StatementGenerator } from './generate-statement.ts';
import { type Difference, type MigrationRun, preamble, replay } from './migration-run.ts';
import { type OldStatement, describeModels, listOldStatements, printTable } from './old-version.ts';
import { readCatalog } from './read-catalog.ts';

const statementsOfTheBase = 8;
const changesOfASeed = 12;

/**
 * Makes a database with rows and tries single statements on it. A verdict is silent where the check says nothing of a
 * statement; then the statement has to run, to rewrite no table, and to leave every statement of the version before
 * running.
 */
export async function findFalseSilence(run: MigrationRun, seed: number): Promise<Difference[]> {
  const random = new Random(seed);
  const base = [...preamble];
  const found: Difference[] = [];
  await run.rolledBack(async () => {
    for (const statement of preamble) await run.attempt(statement);
    for (let tries = 0; tries < statementsOfTheBase * 4 && base.length < statementsOfTheBase; tries += 1) {
      const statement = new StatementGenerator(random, await readCatalog(run.client)).write();
      // Where names are looked for, and what is temporary, ends with the migration before.
      if (/search_path|TEMP/.test(statement)) continue;
      if (await run.attempt(statement)) base.push(statement);
    }
    const catalog = await readCatalog(run.client);
    const running: OldStatement[] = [];
    for (const [at, statement] of listOldStatements(catalog).entries()) {
      const first = await run.attempt(statement.text(at * 10 + 1));
      if (first && (await run.attempt(statement.text(at * 10 + 2)))) running.push(statement);
    }
    for (let change = 0; change < changesOfASeed; change += 1) {
      const statement = new StatementGenerator(random, catalog).write();
      if (judge(base, statement, describeModels(catalog)).length > 0) continue;
      const problem = await findBreak(run, statement, running);
      if (problem !== undefined)
        found.push({ seed, problem, statements: [...base, `-- then\n${statement}`] });
    }
  });
  return found;
}

function judge(
  base: readonly string[],
  statement: string,
  models: ReturnType<typeof describeModels>,
): Hazard[] {
  const outcome = parseSql(statement);
  if (outcome.kind === 'unreadable') throw new Error(`${statement}: ${outcome.message}`);
  const [deployed, now] = [replay(base), replay(base)];
  const around = {
    deployed,
    now,
    earlier: [],
    later: [],
    laterCommands: [],
    models,
    isNamedInCode: () => false,
  };
  return outcome.statements.flatMap(({ node }: { node: Node }) =>
    judgeStatement(node, around, () => applySql(now, node)).flatMap(({ hazards }) => hazards),
  );
}

/** What goes wrong with a statement of which the check said nothing; a refusal for what is not there is a typing error. */
async function findBreak(
  run: MigrationRun,
  statement: string,
  running: readonly OldStatement[],
): Promise<string | undefined> {
  const before = await readCatalog(run.client);
  await run.client.query('SAVEPOINT change');
  try {
    const refusal = await run.explain(statement);
    if (refusal !== undefined) return isAboutWhatIsThere(refusal) ? `is refused: ${refusal}` : undefined;
    const after = new Map(
      (await readCatalog(run.client)).tables.map((table) => [printTable(table), table.file]),
    );
    const rewritten = before.tables.find((table) => {
      const file = after.get(printTable(table));
      return file !== undefined && file !== table.file;
    });
    if (rewritten !== undefined) return `rewrites ${printTable(rewritten)}`;
    for (const [at, { text }] of running.entries()) {
      const once = await run.explain(text(5000 + at * 10));
      const problem = once ?? (await run.explain(text(5001 + at * 10)));
      if (problem === undefined || isSameDefault(statement, problem)) continue;
      await run.client.query('ROLLBACK TO change');
      // A table with room for two values, say, takes no third one with or without the change.
      if ((await run.attempt(text(5000 + at * 10))) && (await run.attempt(text(5001 + at * 10))))
        return `breaks ${text(5001 + at * 10)}: ${problem}`;
      await run.client.query('ROLLBACK TO change');
      await run.explain(statement);
    }
    return undefined;
  } finally {
    await run.client.query('ROLLBACK TO change');
  }
}

/** Other statements are wrong in themselves: they fail where they are tried first. */
function isAboutWhatIsThere(refusal: string): boolean {
  return /contains null values|violates|could not create unique|is violated|view or rule|other objects depend/.test(
    refusal,
  );
}

/** Two rows with one default are equal, and so they were with the default of before. */
function isSameDefault(statement: string, problem: string): boolean {
  return statement.includes('SET DEFAULT') && problem.includes('duplicate key');
}
