import { useLayoutEffect, useRef } from 'react';

import type { TracedFetch, TracedStatement } from '../../../../telemetry/trace-report.ts';
import type { ExplainItem } from './explained-operation.tsx';
import { printMs } from './print-ms.ts';

type Fact = readonly [name: string, value: string];

/** All that is known of the fetch or the statement that is pointed at. */
export function ExplainDetail({ item }: { readonly item: ExplainItem | undefined }) {
  const detail = useRef<HTMLElement>(null);
  const key = item?.key;
  useLayoutEffect(() => revealFocused(key, detail.current), [key]);
  if (item === undefined) return null;
  const { fetch, statement } = item;
  const title =
    statement === undefined
      ? `Fetch ${fetch.id} from ${fetch.service}`
      : `${statement.cause} in ${fetch.service}`;
  const facts = statement === undefined ? listFetchFacts(fetch) : listStatementFacts(statement);
  return (
    <aside ref={detail} className="freehold-explain-detail" aria-label="Detail">
      <h3>{title}</h3>
      <dl>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <pre tabIndex={0}>{statement === undefined ? fetch.query : statement.text}</pre>
    </aside>
  );
}

/** GraphiQL's frame has 16 pixels below what is scrolled in it; the rest is for the outline of what has the focus. */
const framePadding = 20;

/** The detail stands over the end of the list, and its height changes with what it tells. */
function revealFocused(key: string | undefined, detail: HTMLElement | null): void {
  const focused = document.activeElement;
  if (detail === null || !(focused instanceof HTMLElement) || focused.dataset['key'] !== key) return;
  focused.style.scrollMarginBottom = `${detail.offsetHeight + framePadding}px`;
  focused.scrollIntoView({ block: 'nearest' });
}

function listFetchFacts(fetch: TracedFetch): readonly Fact[] {
  const { after, startMs, waitMs, workMs, attempts, status, error, representations } = fetch;
  return [
    ['starts at', `${printMs(startMs)} ms`],
    ['waits', `${printMs(waitMs)} ms`],
    ['works', `${printMs(workMs)} ms`],
    ...(after.length > 0 ? [['needs', after.join(', ')] as const] : []),
    ...(representations === null ? [] : [['entities', String(representations)] as const]),
    ['statements', printStatementCount(fetch)],
    ['sent, received', `${fetch.bytesSent}, ${fetch.bytesReceived} bytes`],
    ...(attempts > 1 ? [['tries', String(attempts)] as const] : []),
    ...(error === null ? [] : [['failed', `${error}${status === null ? '' : ` (HTTP ${status})`}`] as const]),
  ];
}

function printStatementCount({ statements, statementCount }: TracedFetch): string {
  if (statements === null || statementCount === null) return 'not told';
  return statementCount > statements.length
    ? `${statementCount}, the first ${statements.length} are shown`
    : String(statementCount);
}

function listStatementFacts(statement: TracedStatement): readonly Fact[] {
  const { startMs, waitMs, durationMs, rows, batchSize } = statement;
  return [
    ['starts at', `${printMs(startMs)} ms`],
    ['waited', `${printMs(waitMs)} ms`],
    ['took', `${printMs(durationMs)} ms`],
    ['rows', rows === null ? 'failed' : String(rows)],
    ['batch of', String(batchSize)],
  ];
}
