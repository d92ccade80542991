import { describeFetch, describeSkipped, printCount } from '../../gateway/telemetry/describe-fetch.ts';
import type {
  SkippedFetch,
  TracedFetch,
  TracedStatement,
  TraceReport,
} from '../../gateway/telemetry/trace-report.ts';

/** Colours a text, or leaves it as it is where there is no terminal. */
export type Paint = (style: 'bold' | 'cyan' | 'dim' | 'red' | 'yellow', text: string) => string;

export interface PrintOptions {
  /** Columns that a line may have. */
  readonly width: number;
  readonly isFull: boolean;
  readonly paint: Paint;
}

/** A line of the tree, before it is laid out. */
interface Line {
  /** Branches of the tree, then the name. */
  readonly indent: string;
  readonly label: string;
  readonly style?: Parameters<Paint>[0];
  /** start, wait, work, rows, batch; undefined for a line of text. */
  readonly cells?: readonly string[];
}

const columns = ['start ms', 'wait ms', 'work ms', 'rows', 'batch'];
const columnWidth = 9;

/** Prints a trace as a tree: each fetch under the one it waited for longest, its statements under it, and the totals. */
export function printReport(report: TraceReport, options: PrintOptions): string {
  const { operation, plan, totals } = report;
  const { paint } = options;
  const lines: Line[] = [
    { indent: '', label: '', style: 'dim', cells: columns },
    {
      indent: '',
      label: plan.isCached ? 'plan, from the cache' : 'plan, made now',
      cells: ['0.00', '', printMs(plan.durationMs)],
    },
    ...listBranches(report),
  ];
  const title = `${operation.kind} ${operation.name ?? '(without a name)'}`;
  return [
    `${paint('bold', title)}  ${printCount(totals.fetches, 'fetch', 'fetches')}, ${printCount(totals.statements, 'statement')}, ${printMs(totals.durationMs)} ms`,
    '',
    ...lines.flatMap((line) => printLine(line, options)),
    ...(plan.skipped.length === 0 ? [] : ['', 'not sent:']),
    ...plan.skipped.flatMap((fetch) => printSkipped(fetch, options)),
    '',
    ...printTotals(report, options),
    '',
  ].join('\n');
}

/** On a line of its own where it is too long for one: the reason is what is looked for. */
function printSkipped(fetch: SkippedFetch, { width }: PrintOptions): string[] {
  const name = `  ${fetch.id} ${fetch.service}  ${describeFetch(fetch)}`;
  const reason = describeSkipped(fetch);
  const isShort = name.length + reason.length + 2 <= width;
  return isShort ? [`${name}: ${reason}`] : [shorten(name, width), `    ${reason}`];
}

function listBranches({ fetches }: TraceReport): Line[] {
  const children = new Map<number | undefined, TracedFetch[]>();
  for (const fetch of fetches) {
    const parent = findParent(fetch, fetches);
    children.set(parent?.id, [...(children.get(parent?.id) ?? []), fetch]);
  }
  const list = (parent: number | undefined, indent: string): Line[] => {
    const siblings = children.get(parent) ?? [];
    return siblings.flatMap((fetch, index) => {
      const isLast = index === siblings.length - 1;
      const below = `${indent}${isLast ? '   ' : '│  '}`;
      const hasChildren = children.has(fetch.id);
      return [
        printFetch(fetch, `${indent}${isLast ? '└─ ' : '├─ '}`),
        ...(fetch.statements ?? []).flatMap((statement) => listStatement(statement, below, hasChildren)),
        ...listUntold(fetch, below, hasChildren),
        ...list(fetch.id, below),
      ];
    });
  };
  return list(undefined, '');
}

/** The last to end of those that a fetch waited for. */
function findParent(fetch: TracedFetch, fetches: readonly TracedFetch[]): TracedFetch | undefined {
  return fetches
    .filter(({ id }) => fetch.after.includes(id))
    .reduce<TracedFetch | undefined>(
      (last, one) => (last === undefined || endOf(one) > endOf(last) ? one : last),
      undefined,
    );
}

function endOf({ startMs, waitMs, workMs }: TracedFetch): number {
  return startMs + waitMs + workMs;
}

function printFetch(fetch: TracedFetch, indent: string): Line {
  const { id, service, representations, error, attempts, after } = fetch;
  const notes = [
    ...(after.length > 1 ? [`after ${after.join(', ')}`] : []),
    ...(attempts > 1 ? [`${attempts} tries`] : []),
    ...(error === null ? [] : [error]),
  ];
  return {
    indent,
    label: `${id} ${service}  ${describeFetch(fetch)}${notes.length > 0 ? ` (${notes.join('; ')})` : ''}`,
    style: error === null ? 'cyan' : 'red',
    cells: [
      printMs(fetch.startMs),
      printMs(fetch.waitMs),
      printMs(fetch.workMs),
      '',
      String(representations ?? ''),
    ],
  };
}

function listStatement(statement: TracedStatement, below: string, hasChildren: boolean): Line[] {
  const { cause, text, batchSize, rows, startMs, waitMs, durationMs } = statement;
  const branch = `${below}${hasChildren ? '│' : ' '} `;
  return [
    {
      indent: branch,
      label: `▪ ${cause}`,
      ...(rows === null && { style: 'red' as const }),
      cells: [
        printMs(startMs),
        printMs(waitMs),
        printMs(durationMs),
        rows === null ? 'failed' : String(rows),
        String(batchSize),
      ],
    },
    { indent: `${branch}  `, label: text.replaceAll(/\s+/g, ' '), style: 'dim' },
  ];
}

/** A line where the service tells no statements, or not all of them. */
function listUntold(
  { statements, statementCount, error }: TracedFetch,
  below: string,
  hasChildren: boolean,
): Line[] {
  const untold = (statementCount ?? 0) - (statements?.length ?? 0);
  if (statements !== null && untold <= 0) return [];
  const none = error === null ? 'the service tells no statements' : 'no answer told its statements';
  const what = statements === null ? none : `and ${untold} more`;
  return [{ indent: `${below}${hasChildren ? '│' : ' '} `, label: `▪ ${what}`, style: 'dim' }];
}

function printLine(line: Line, { width, isFull, paint }: PrintOptions): string[] {
  const { indent, label, style, cells } = line;
  const tint = (text: string): string => (style === undefined || text === '' ? text : paint(style, text));
  if (cells === undefined) {
    const room = width - indent.length;
    const texts = isFull ? wrap(label, room) : [shortenStatement(label, room)];
    return texts.map((text) => `${indent}${tint(text)}`);
  }
  const room = width - columns.length * columnWidth - indent.length;
  const name = shorten(label, room);
  const numbers = columns
    .map((_, index) => (cells[index] ?? '').padStart(columnWidth))
    .join('')
    .trimEnd();
  return [`${indent}${tint(name)}${' '.repeat(Math.max(0, room - name.length))}${numbers}`];
}

/** Cuts what is too long in its middle: of a statement, the columns are the least of interest. */
function shortenStatement(text: string, room: number): string {
  const from = text.search(/ FROM /i);
  if (text.length <= room || from < 0) return shorten(text, room);
  const head = text.slice(0, Math.max(8, Math.min(from, Math.floor(room / 3))));
  return shorten(`${head}…${text.slice(from)}`, room);
}

function shorten(text: string, room: number): string {
  return text.length <= room ? text : `${text.slice(0, Math.max(1, room - 1))}…`;
}

function wrap(text: string, room: number): string[] {
  const rows: string[] = [];
  let row = '';
  for (const word of text.split(' ')) {
    if (row !== '' && row.length + word.length + 1 > room) {
      rows.push(row);
      row = word;
    } else row = row === '' ? word : `${row} ${word}`;
  }
  return [...rows, row];
}

function printTotals({ fetches, totals }: TraceReport, { paint }: PrintOptions): string[] {
  const listed = fetches.reduce((sum, { statements }) => sum + (statements?.length ?? 0), 0);
  const rows = [
    ...Object.entries(totals.services).map(([service, { fetches, statements }]) => [
      service,
      String(fetches),
      statements === null ? 'not told' : String(statements),
    ]),
    ['total', String(totals.fetches), String(totals.statements)],
  ];
  const names = Math.max(...rows.map(([name = '']) => name.length), 'service'.length);
  const print = ([name = '', fetches = '', statements = '']: readonly string[]): string =>
    `${name.padEnd(names)}  ${fetches.padStart(8)}  ${statements.padStart(10)}`;
  return [
    paint('dim', print(['service', 'fetches', 'statements'])),
    ...rows.map(print),
    '',
    `${printMs(totals.durationMs)} ms in the gateway, ${printMs(totals.statementMs)} ms in ${listed < totals.statements ? 'the statements that are listed' : 'statements'}, ` +
      `${printCount(totals.rows, 'row')}, ${printCount(totals.bytesReceived, 'byte')} from services`,
  ];
}

function printMs(ms: number): string {
  return ms.toFixed(2);
}
