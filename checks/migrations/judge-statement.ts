import type { Node } from 'libpg-query';

import type { HazardContext, JudgedStatement } from './hazard.ts';
import { judgeSql } from './judge-sql.ts';
import { judgeLost, listStanding } from './judge-lost.ts';

/** Judges one SQL statement by what it says, and after it was applied by what went along with that. */
export function judgeStatement(
  node: Node,
  context: HazardContext,
  apply: () => void,
): Omit<JudgedStatement, 'line'>[] {
  const judged = judgeSql(node, context);
  const before = listStanding(context.now);
  apply();
  return [...judged, ...judgeLost(node, judged, before, context)];
}
