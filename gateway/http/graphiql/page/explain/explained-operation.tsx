import { useGraphiQL } from '@graphiql/react';
import { useMemo, useState } from 'react';

import type { TracedFetch, TracedStatement, TraceReport } from '../../../../telemetry/trace-report.ts';
import { ExplainDetail } from './explain-detail.tsx';
import { findSelection } from './find-selection.ts';
import { printMs } from './print-ms.ts';
import { selectInEditor } from './select-in-editor.ts';
import { Legend, WaterfallTree } from './waterfall-tree.tsx';

/** What the pointer or the focus is on. */
export interface ExplainItem {
  readonly key: string;
  readonly fetch: TracedFetch;
  /** Undefined for the fetch itself. */
  readonly statement: TracedStatement | undefined;
}

interface ExplainedOperationProps {
  readonly query: string;
  readonly operationName: string | undefined;
  readonly report: TraceReport;
  readonly errors: number;
}

/** A trace as a waterfall, with the detail of what is pointed at. */
export function ExplainedOperation({ query, operationName, report, errors }: ExplainedOperationProps) {
  const editor = useGraphiQL(({ queryEditor }) => queryEditor);
  // By its key: the operation may be run again, and what is told is told of the last run.
  const [shown, setShown] = useState<string>();
  const [note, setNote] = useState('');
  const items = useMemo(() => listItems(report), [report]);

  const select = ({ fetch, statement }: ExplainItem): void => {
    const text = editor?.getValue() ?? '';
    const parts = findSelection(text, operationName, fetch, statement);
    if (editor !== undefined) selectInEditor(editor, parts);
    if (parts.length > 0) setNote(text === query ? '' : 'The operation was edited since it was run.');
    else setNote('The operation in the editor has no such part; it was edited since it was run.');
  };

  return (
    <>
      <Summary report={report} errors={errors} />
      {report.fetches.length === 0 ? (
        <p className="freehold-explain-note">No service was asked: the gateway answered by itself.</p>
      ) : (
        <>
          <WaterfallTree
            report={report}
            items={items}
            onShow={({ key }) => setShown(key)}
            onSelect={select}
          />
          <Legend />
        </>
      )}
      <p className="freehold-explain-note" role="status">
        {note}
      </p>
      <ExplainDetail item={items.find(({ key }) => key === shown) ?? items[0]} />
    </>
  );
}

function listItems({ fetches }: TraceReport): readonly ExplainItem[] {
  return fetches.flatMap((fetch) => [
    { key: String(fetch.id), fetch, statement: undefined },
    ...(fetch.statements ?? []).map((statement, index) => ({
      key: `${fetch.id}.${index}`,
      fetch,
      statement,
    })),
  ]);
}

function Summary({ report, errors }: { readonly report: TraceReport; readonly errors: number }) {
  const { operation, totals, plan } = report;
  const facts: readonly (readonly [string, string])[] = [
    [`${printMs(totals.durationMs)} ms`, 'in total'],
    [String(totals.fetches), totals.fetches === 1 ? 'fetch' : 'fetches'],
    [String(totals.statements), totals.statements === 1 ? 'statement' : 'statements'],
    [String(totals.rows), totals.rows === 1 ? 'row' : 'rows'],
    [`${printMs(plan.durationMs)} ms`, plan.isCached ? 'plan, cached' : 'plan, made'],
  ];
  return (
    <>
      <p className="freehold-explain-operation">
        {operation.kind} {operation.name}
      </p>
      <dl className="freehold-explain-totals">
        {facts.map(([value, name]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {errors > 0 && (
        <p className="freehold-explain-note is-fault">
          The answer has {errors === 1 ? 'an error' : `${errors} errors`} beside its data.
        </p>
      )}
    </>
  );
}
