import {
  useMemo,
  useRef,
  useState,
  type CSSProperties,
  type KeyboardEvent,
  type MouseEvent,
  type SyntheticEvent,
} from 'react';

import { printCount } from '../../../../telemetry/describe-fetch.ts';
import type { TraceReport } from '../../../../telemetry/trace-report.ts';
import type { ExplainItem } from './explained-operation.tsx';
import {
  layoutReport,
  type FetchRow,
  type SkippedRow,
  type StatementBar,
  type Stretch,
} from './layout-report.ts';
import { printMs } from './print-ms.ts';

interface WaterfallTreeProps {
  readonly report: TraceReport;
  /** Every fetch and statement, from top to bottom. */
  readonly items: readonly ExplainItem[];
  readonly onShow: (item: ExplainItem) => void;
  readonly onSelect: (item: ExplainItem) => void;
}

/** Height of a lane of statements, in pixels. */
const laneHeight = 11;

/**
 * Fetches as bars on a time axis, statements as bars inside them: a tree of two levels. Arrow up and down go through
 * all, left and right between a fetch and its statements; Enter, Space or a click selects.
 */
export function WaterfallTree({ report, items, onShow, onSelect }: WaterfallTreeProps) {
  const { ticks, plan, rows, skipped } = useMemo(() => layoutReport(report), [report]);
  const [lastFocused, setLastFocused] = useState<string>();
  // The next run may be without the fetch that had the focus; Tab finds its way in all the same.
  const focused = (items.find(({ key }) => key === lastFocused) ?? items[0])?.key;
  const [selected, setSelected] = useState<string>();
  const tree = useRef<HTMLDivElement>(null);

  const select = (item: ExplainItem | undefined): void => {
    if (item === undefined) return;
    setSelected(item.key);
    onSelect(item);
  };
  const show = (event: SyntheticEvent): void => {
    const item = findItem(items, event);
    if (item !== undefined) onShow(item);
  };
  const pointer = useRef('');
  // Where the list is scrolled beneath a pointer that rests, the keyboard has moved.
  const showPointed = (event: MouseEvent): void => {
    const place = `${event.clientX} ${event.clientY}`;
    if (place !== pointer.current) show(event);
    pointer.current = place;
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const item = findItem(items, event);
    const next = item && findNext(items, item, event.key);
    if (next !== undefined) tree.current?.querySelector<HTMLElement>(`[data-key="${next.key}"]`)?.focus();
    else if (event.key === 'Enter' || event.key === ' ') select(item);
    else return;
    event.preventDefault();
  };
  const roving = (key: string) => ({
    'data-key': key,
    tabIndex: focused === key ? 0 : -1,
    'aria-selected': selected === key,
  });
  return (
    <div className="freehold-explain-waterfall">
      <div className="freehold-explain-axis" aria-hidden="true">
        {ticks.map(({ label, left }) => (
          <span key={label} style={{ left: `${left}%` }}>
            {label === '0' ? '0 ms' : label}
          </span>
        ))}
      </div>
      <div className="freehold-explain-track is-plan" aria-hidden="true">
        <div className="freehold-explain-plan" style={stretch(plan)} />
      </div>
      <div
        ref={tree}
        role="tree"
        aria-label="Fetches and statements"
        onKeyDown={onKeyDown}
        onClick={(event) => select(findItem(items, event))}
        onMouseMove={showPointed}
        onFocus={(event) => {
          setLastFocused(findItem(items, event)?.key);
          show(event);
        }}
      >
        {rows.map((row) => (
          <FetchBranch key={row.key} row={row} roving={roving} />
        ))}
      </div>
      <Grid ticks={ticks.map(({ left }) => left)} />
      {skipped.length > 0 && <SkippedFetches rows={skipped} />}
    </div>
  );
}

/** The plan has them and the time axis has not: who looks for one finds it here, with the reason. */
function SkippedFetches({ rows }: { readonly rows: readonly SkippedRow[] }) {
  return (
    <ul className="freehold-explain-skipped" aria-label="Fetches that were not sent">
      {rows.map(({ id, name, label, service, reason }) => (
        <li key={id} className={`is-service-${service % 7}`}>
          <div className="freehold-explain-head">
            <strong>{name}</strong>
            <span className="freehold-explain-what">{label}</span>
            <span className="freehold-explain-ms">not sent</span>
          </div>
          <p>{reason}</p>
        </li>
      ))}
    </ul>
  );
}

type Roving = (key: string) => object;

function FetchBranch({ row, roving }: { readonly row: FetchRow; readonly roving: Roving }) {
  const { key, fetch, label, service, wait, work, statements, lanes } = row;
  const took = printMs(fetch.waitMs + fetch.workMs);
  const count = fetch.statements?.length ?? 0;
  const { statementCount } = fetch;
  const told = statementCount === null ? 'statements not told' : printCount(statementCount, 'statement');
  return (
    <div
      {...roving(key)}
      role="treeitem"
      aria-level={1}
      aria-expanded={count > 0 ? true : undefined}
      aria-label={`Fetch ${fetch.id} from ${fetch.service}: ${label}, ${took} ms, ${told}${fetch.error === null ? '' : `, failed: ${fetch.error}`}`}
      className={`freehold-explain-fetch is-service-${service % 7}${fetch.error === null ? '' : ' is-failed'}`}
    >
      <div className="freehold-explain-head" aria-hidden="true">
        <strong>{fetch.service}</strong>
        <span className="freehold-explain-what">{fetch.error ?? label}</span>
        <span className="freehold-explain-ms">{took} ms</span>
      </div>
      <div role="group" className="freehold-explain-track" style={{ height: lanes * laneHeight + 7 }}>
        <div className="freehold-explain-wait" style={stretch(wait)} />
        <div className="freehold-explain-work" style={stretch(work)} />
        {statements.map((bar) => (
          <StatementItem key={bar.key} bar={bar} roving={roving} />
        ))}
      </div>
    </div>
  );
}

function StatementItem({ bar, roving }: { readonly bar: StatementBar; readonly roving: Roving }) {
  const { key, statement, lane } = bar;
  const { cause, rows, durationMs, batchSize } = statement;
  return (
    <div
      {...roving(key)}
      role="treeitem"
      aria-level={2}
      aria-label={`Statement for ${cause}: ${printMs(durationMs)} ms, ${rows === null ? 'failed' : printCount(rows, 'row')}, batch of ${batchSize}`}
      className={`freehold-explain-statement${rows === null ? ' is-failed' : ''}`}
      style={{ ...stretch(bar), top: lane * laneHeight + 4 }}
    />
  );
}

/** What the kinds of bars mean. */
export function Legend() {
  return (
    <div className="freehold-explain-legend" aria-hidden="true">
      <span>
        <i className="freehold-explain-wait" /> waiting
      </span>
      <span>
        <i className="freehold-explain-work" /> working
      </span>
      <span>
        <i className="freehold-explain-statement" /> statement
      </span>
    </div>
  );
}

function Grid({ ticks }: { readonly ticks: readonly number[] }) {
  return (
    <div className="freehold-explain-grid" aria-hidden="true">
      {ticks.map((left) => (
        <i key={left} style={{ left: `${left}%` }} />
      ))}
    </div>
  );
}

function stretch({ left, width }: Stretch): CSSProperties {
  return { left: `${left}%`, width: `${width}%` };
}

function findItem(items: readonly ExplainItem[], { target }: SyntheticEvent): ExplainItem | undefined {
  const key =
    target instanceof Element ? target.closest<HTMLElement>('[data-key]')?.dataset['key'] : undefined;
  return items.find((item) => item.key === key);
}

/** Where a key leads from an item; undefined for keys that lead nowhere. */
function findNext(items: readonly ExplainItem[], item: ExplainItem, key: string): ExplainItem | undefined {
  const index = items.indexOf(item);
  switch (key) {
    case 'ArrowDown':
      return items[Math.min(index + 1, items.length - 1)];
    case 'ArrowUp':
      return items[Math.max(index - 1, 0)];
    case 'ArrowRight':
      return item.statement === undefined ? items.find(({ key }) => key === `${item.key}.0`) : item;
    case 'ArrowLeft':
      return items.find(({ fetch, statement }) => fetch === item.fetch && statement === undefined);
    case 'Home':
      return items[0];
    case 'End':
      return items.at(-1);
    default:
      return undefined;
  }
}
