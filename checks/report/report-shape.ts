import { z } from 'zod';

const location = z.strictObject({
  file: z.string().describe("Relative to the project's root, with / between folders."),
  line: z.int().min(1),
  column: z.int().min(1).optional(),
});

const client = z.strictObject({
  name: z.string(),
  calls: z.int().min(0).optional().describe('Calls in the time that the usage file covers.'),
  lastSeen: z.string().optional(),
});

const finding = z.strictObject({
  rule: z.string().describe('The id in the rule catalogue (docs/checks.md).'),
  judgement: z.enum(['composition', 'api', 'rules', 'migrations', 'plans']),
  severity: z.enum(['breaking', 'warning', 'notice']),
  subject: z.string().describe('What it is about; with the rule it tells the finding from all others.'),
  what: z.string(),
  location: location.optional().describe('Where it is in the head.'),
  baseLocation: location.optional().describe('Where it was in the base, when it is gone.'),
  related: z.array(location.extend({ label: z.string() })).optional(),
  why: z.string(),
  hits: z.array(
    z.strictObject({
      operation: z.string().optional(),
      location: location.optional(),
      clients: z.array(client),
      note: z.string().optional(),
    }),
  ),
  next: z.array(z.string()),
  accepted: z
    .strictObject({ reason: z.string(), author: z.string(), expires: z.string() })
    .optional()
    .describe('Set when freehold.accepted.json has an entry that has not expired.'),
  acceptanceExpired: z.string().optional(),
});

/** The report as JSON. Its JSON Schema is published as checks/schemas/report.schema.json. */
export const reportShape = z
  .strictObject({
    format: z.literal('freehold-check'),
    version: z.literal(1),
    outcome: z.enum(['passed', 'broken']).describe('"broken" when an open finding is breaking: exit code 1.'),
    summary: z.string(),
    base: z.string().describe('What the working tree was compared with.'),
    evidence: z.string().describe('What breaking changes were judged by.'),
    durationMs: z.number(),
    findings: z.array(finding).describe('Sorted by weight, accepted ones last.'),
    order: z
      .array(
        z.strictObject({
          phase: z.enum(['expand', 'migrate', 'deploy', 'publish', 'contract']),
          service: z.string().optional(),
          text: z.string(),
        }),
      )
      .describe('The order in which the change can go to production.'),
    notes: z.array(z.string()).describe('What could not be judged, and which acceptances match nothing.'),
  })
  .meta({ title: 'Report of freehold check', id: 'freehold-check-report' });
