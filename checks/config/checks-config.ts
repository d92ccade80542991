import { z } from 'zod';

import { CheckError } from '../check-error.ts';
import { compileGlob } from '../files/glob.ts';
import type { Finding } from '../finding.ts';
import { printProblems } from '../project/print-problems.ts';
import { parseJson } from '../project/snapshot.ts';
import type { RuleInfo } from '../rule-info.ts';

/** Where the check's configuration stands; the file need not exist. */
export const checksConfigFile = 'freehold.checks.json';

const reason = z.string().trim().min(1, 'expected a reason');

const ruleShape = z
  .strictObject({
    severity: z
      .enum(['off', 'notice', 'warning', 'breaking'])
      .describe('"off" drops the findings of the rule; any other severity takes the place of its own.'),
    reason: reason.describe('Why the project wants it so.'),
    only: z
      .array(z.string().min(1))
      .optional()
      .describe('Subjects that this is for, with * for any text; default: all of the rule.'),
  })
  .describe('How one rule is judged here.');

/** The check's configuration. */
export const checksConfigShape = z
  .strictObject({
    $schema: z.string().optional(),
    rules: z
      .record(z.string(), z.union([ruleShape, z.array(ruleShape)]))
      .default({})
      .describe('By the id of the rule; the last entry that fits a finding decides.'),
    operations: z
      .array(z.string())
      .optional()
      .describe('Globs of the operations that clients send; default: operations/**/*.{graphql,gql,json}.'),
    usage: z
      .union([z.string(), z.array(z.string())])
      .optional()
      .describe('The usage file, or one of each gateway; default: operations/usage.json, when it exists.'),
    deprecationDays: z
      .int()
      .min(0)
      .default(30)
      .describe('How many days something has to be deprecated before it is removed; default 30.'),
    tables: z
      .record(z.string(), z.string())
      .default({})
      .describe('The table or collection behind a GraphQL type, by "service.Type", where names do not tell.'),
  })
  .meta({ title: 'Configuration of freehold check', id: 'freehold-checks' });

export type ChecksConfig = z.infer<typeof checksConfigShape>;

/** Checks the configuration's text; @throws {CheckError} listing all problems. */
export function parseChecksConfig(text: string | undefined, catalogue: readonly RuleInfo[]): ChecksConfig {
  const json = text === undefined ? {} : parseJson(text, checksConfigFile);
  const parsed = checksConfigShape.safeParse(json);
  if (!parsed.success)
    throw new CheckError(
      `${checksConfigFile} cannot be used:\n${printProblems(parsed.error.issues, checksConfigShape)}`,
    );
  const unknown = Object.keys(parsed.data.rules).filter((name) => !catalogue.some(({ id }) => id === name));
  if (unknown.length > 0)
    throw new CheckError(
      `${checksConfigFile} names rules that do not exist: ${unknown.join(', ')}. They are listed in docs/checks.md.`,
    );
  const lowered = catalogue
    .filter(({ id, isFinal }) => isFinal && [parsed.data.rules[id] ?? []].flat().some(isLower))
    .map(({ id }) => id);
  if (lowered.length > 0)
    throw new CheckError(
      `${checksConfigFile} lowers what cannot be lowered, because it cannot be deployed: ${lowered.join(', ')}.`,
    );
  return parsed.data;
}

function isLower({ severity }: z.infer<typeof ruleShape>): boolean {
  return severity !== 'breaking';
}

/** Applies the switches: findings that are off go, others get the severity that the project wants. */
export function applySwitches(findings: readonly Finding[], config: ChecksConfig): Finding[] {
  return findings.flatMap((finding) => {
    const entry = config.rules[finding.rule];
    const fitting = (entry === undefined ? [] : [entry].flat()).filter(
      ({ only }) => only === undefined || only.some((pattern) => fits(pattern, finding.subject)),
    );
    const severity = fitting.at(-1)?.severity;
    if (severity === undefined) return [finding];
    return severity === 'off' ? [] : [{ ...finding, severity }];
  });
}

/** `*` stands for any text: subjects hold dots, brackets and slashes. */
function fits(pattern: string, subject: string): boolean {
  return compileGlob(pattern.replaceAll('*', '**').replaceAll(/[{},?]/g, '?'))(subject);
}
