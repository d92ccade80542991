import type { TableFacts, Validation } from '../databases/database-facts.ts';
import { readValidation, type MongoCommand } from '../databases/mongo-migration.ts';
import { contract, expand, type Hazard, type HazardContext, type JudgedStatement } from './hazard.ts';
import { changeIndex } from './judge-mongo-index.ts';
import { judgeValidator } from './judge-validator.ts';
import { refused, unclear } from './unjudged.ts';

type Judged = Omit<JudgedStatement, 'line'>;

// What is read here, and what says how the command itself runs.
const known = new Set([
  'collMod',
  'validator',
  'validationLevel',
  'validationAction',
  'index',
  'comment',
  'writeConcern',
  'dryRun',
]);

/** Judges collMod, which changes a collection's validator, how it is used, or one index. */
export function judgeCollMod(target: string, body: MongoCommand['body'], context: HazardContext): Judged[] {
  const table = context.now.tables.get(target);
  const summary = `change collection ${target}`;
  if (table === undefined) return [contract(summary, missingCollection(target))];
  if (!context.deployed.tables.has(target)) return [expand(summary)];
  const judged: Judged[] = [];
  const after = readValidation(body, table.validation);
  const isBinding = after.level !== 'off' && after.action !== 'warn';
  if (body['validator'] !== undefined)
    judged.push(
      isBinding
        ? judgeValidator(target, body['validator'], table, context)
        : expand(`change the validator of ${target}`),
    );
  if (isBinding && isStricter(table, after)) judged.push(bind(target, after));
  const index = changeIndex(target, body, table);
  if (index !== undefined) judged.push(index);
  const others = Object.keys(body).filter((name) => !known.has(name));
  if (others.length > 0) judged.push(contract(summary, changeOther(target, others)));
  return judged.length === 0 ? [expand(summary)] : judged;
}

/** Whether documents are refused that were only logged, or not looked at, before. */
function isStricter({ validation }: TableFacts, after: Validation): boolean {
  const ranks = ['off', 'moderate', 'strict'];
  const { level = 'strict', action = 'error' } = validation ?? {};
  return ranks.indexOf(after.level) > ranks.indexOf(level) || (action === 'warn' && after.action === 'error');
}

function bind(table: string, { level, action }: Validation): Judged {
  return contract(`check documents of ${table} by its validator`, {
    rule: 'validator-narrowed',
    severity: 'warning',
    table,
    what: `Documents of ${table} that its validator does not allow are refused from now on (validationLevel ${level}, validationAction ${action}).`,
    why: 'Before they were taken: what the version now deployed writes may be among them, and nothing here tells.',
    next: [
      'Look for such documents first, and in the log for the warnings of MongoDB.',
      'Where the version now deployed writes such ones, make it strict in a later change.',
    ],
    requires: { table },
  });
}

function changeOther(table: string, names: readonly string[]): Hazard {
  return unclear(
    table,
    `What collMod does to ${table} by ${names.join(', ')} is not judged.`,
    'The check reads what it does to validators and indexes.',
  );
}

function missingCollection(table: string): Hazard {
  return {
    ...refused(
      table,
      `Collection ${table} is made by no migration before this command.`,
      'It does not change what is not there.',
      ['Mend the name, or create the collection first.'],
      'MongoDB',
    ),
    severity: 'warning',
  };
}
