import type { z } from 'zod';

import type { CheckReport } from '../check.ts';
import { isBreaking, printSummary } from './describe-finding.ts';
import { reportShape } from './report-shape.ts';

/** The report as JSON, by checks/schemas/report.schema.json. */
export function printJson(report: CheckReport): string {
  const json = {
    format: 'freehold-check',
    version: 1,
    outcome: isBreaking(report) ? 'broken' : 'passed',
    summary: printSummary(report),
    base: report.base,
    evidence: report.evidence,
    durationMs: Math.round(report.durationMs),
    findings: report.findings,
    order: report.order,
    notes: report.notes,
  };
  const checked: z.infer<typeof reportShape> = reportShape.parse(json);
  return `${JSON.stringify(checked, undefined, 2)}\n`;
}
