import type { EngineAnswer } from '../engine.ts';
import type { TraceReport } from './trace-report.ts';

/** Puts a report into the `extensions.freehold` of an answer that has no other extensions. */
export function explainAnswer(answer: EngineAnswer, report: TraceReport): EngineAnswer {
  if (answer.kind === 'result')
    return { kind: 'result', result: { ...answer.result, extensions: { freehold: report } } };
  const { body, hasErrors } = answer;
  // The text is one object: it goes on before its last brace.
  const start = body.subarray(0, body.lastIndexOf('}'));
  const extensions = Buffer.from(`,"extensions":{"freehold":${JSON.stringify(report)}}}\n`);
  return { kind: 'json', body: Buffer.concat([start, extensions]), hasErrors };
}
