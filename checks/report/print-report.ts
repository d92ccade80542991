import type { CheckReport } from '../check.ts';
import { printGithub } from './print-github.ts';
import { printJson } from './print-json.ts';
import { printMarkdown } from './print-markdown.ts';
import { printSarif } from './print-sarif.ts';
import { printText } from './print-text.ts';

/** The formats, each with its printer. */
export const reportPrinters = {
  text: printText,
  markdown: printMarkdown,
  json: printJson,
  sarif: printSarif,
  github: printGithub,
} satisfies Readonly<Record<string, (report: CheckReport) => string>>;

export type ReportFormat = keyof typeof reportPrinters;
