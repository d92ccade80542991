import type { Node } from 'libpg-query';

import { keyOf } from '../databases/find-relation.ts';
import { textOf } from '../databases/sql-names.ts';
import { contract, expand, isDeployed, type HazardContext, type JudgedStatement } from './hazard.ts';
import { unclear } from './unjudged.ts';

type Judged = Omit<JudgedStatement, 'line'>;

/** Judges what makes code, runs it, or has it run from then on; undefined for any other statement. */
export function judgeCode(node: Node, context: HazardContext): Judged | undefined {
  if ('DoStmt' in node) return runCode('DO');
  if ('CallStmt' in node) return runCode('CALL');
  if ('CreateTrigStmt' in node) {
    const { trigname = '', relation, funcname = [] } = node.CreateTrigStmt;
    return addTrigger(
      'trigger',
      trigname,
      keyOf(context.now, relation),
      funcname.map(textOf).at(-1),
      context,
    );
  }
  if ('RuleStmt' in node) {
    const { rulename = '', relation } = node.RuleStmt;
    return addTrigger('rule', rulename, keyOf(context.now, relation), undefined, context);
  }
  if (!('CreateFunctionStmt' in node)) return undefined;
  const name = (node.CreateFunctionStmt.funcname ?? []).map(textOf).at(-1) ?? '';
  const summary = `create function ${name}`;
  if (node.CreateFunctionStmt.replace !== true || !context.deployed.functions.has(name))
    return expand(summary);
  return expand(
    summary,
    unclear(
      name,
      `What function ${name} does from now on is not compared with what it did before.`,
      'It is a program: the version now deployed may call it, or a trigger on its writes.',
    ),
  );
}

function runCode(command: string): Judged {
  return expand(
    `run ${command}`,
    unclear(
      command,
      `What the code behind ${command} does to the database is not judged.`,
      'It is a program: which statements it runs is known only where it runs.',
      ['Write its statements as SQL of their own, where they need no program.'],
    ),
  );
}

function addTrigger(
  noun: 'trigger' | 'rule',
  name: string,
  table: string,
  called: string | undefined,
  context: HazardContext,
): Judged {
  const summary = `create ${noun} ${name} on ${table}`;
  if (!isDeployed(table, context) && !context.deployed.views.has(table)) return expand(summary);
  return contract(
    summary,
    unclear(
      `${table}.${name}`,
      `What ${noun} ${name}${called === undefined ? '' : ` (${called})`} does to writes of ${table} is not judged.`,
      'It is a program: it may refuse or change what the version now deployed writes.',
    ),
  );
}
