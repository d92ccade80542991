import type { EngineAnswer } from '../engine.ts';
import type { TraceReport } from './trace-report.ts';

/** Puts a report into the `extensions.freehold` of an answer that has no other extensions. */
export function explainAnswer(answer: EngineAnswer, report: TraceReport): EngineAnswer {
  if (answer.kind === 'result')
    return { kind: 'result', result: { ...answer.result, extensions: { freehold: report } } };
  const { json, hasErrors } = answer;
  // The text is one object: it goes on before its last brace.
  return {
    kind: 'json',
    json: `${json.slice(0, -1)},"extensions":{"freehold":${JSON.stringify(report)}}}`,
    hasErrors,
  };
}
