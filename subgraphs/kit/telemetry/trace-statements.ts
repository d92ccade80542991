import type { ObserveStatement } from './observe-statements.ts';

/** Records each statement as a span under its request's; `system` is the database's name in OpenTelemetry. */
export function traceStatements(system: string | undefined): ObserveStatement {
  return (statement, { span, startMs }) => {
    if (span === undefined) return;
    const began = startMs + statement.startMs;
    span
      .begin({
        name: statement.cause,
        kind: 'client',
        startMs: began,
        attributes: {
          ...(system !== undefined && { 'db.system.name': system }),
          'db.query.text': statement.text,
          'freehold.cause': statement.cause,
          'freehold.batch_size': statement.batchSize,
          'freehold.wait_ms': statement.waitMs,
        },
      })
      .end({
        endMs: began + statement.durationMs,
        ...(statement.rows === null
          ? { failure: 'the statement failed' }
          : { attributes: { 'db.response.returned_rows': statement.rows } }),
      });
  };
}
