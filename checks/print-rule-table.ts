import { catalogue } from './catalogue.ts';

/** The rule catalogue as the table of docs/checks.md; a test holds the document against it. */
export function printRuleTable(): string {
  const rows = catalogue.map(({ id, judgement, severity, reason }) => [
    `\`${id}\``,
    judgement,
    severity,
    reason,
  ]);
  const header = ['Rule', 'Judgement', 'At most', 'Why'];
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const print = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [
    print(header),
    `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`,
    ...rows.map(print),
  ].join('\n');
}
