import { z } from 'zod';

import { CheckError } from '../check-error.ts';
import type { ClientUsage } from '../finding.ts';
import { printProblems } from '../project/print-problems.ts';
import { parseJson } from '../project/snapshot.ts';

const clientShape = z.strictObject({
  name: z.string().min(1).describe('The client, as it names itself, such as "web" or "ios/4.2".'),
  calls: z.int().min(0).describe('How many requests of it used the operation or coordinate.'),
  lastSeen: z.iso.datetime({ offset: true }).describe('When the last of these requests came.'),
});

/** What a gateway saw its clients use, in a stretch of time. */
export const usageShape = z
  .strictObject({
    $schema: z.string().optional(),
    format: z.literal('freehold-usage'),
    version: z.literal(1),
    from: z.iso.datetime({ offset: true }).describe('Since when requests were counted.'),
    to: z.iso.datetime({ offset: true }).describe('Until when requests were counted.'),
    operations: z
      .record(z.string(), z.array(clientShape))
      .default({})
      .describe('Clients by the name of the operation that they sent.'),
    coordinates: z
      .record(z.string(), z.array(clientShape))
      .describe(
        'Clients by the schema coordinate that they used: `Type.field`, `Type.field(argument:)`, `InputType.field` or `Enum.VALUE`. Inputs and enum values count wherever they were sent, in the document or in variables.',
      ),
  })
  .meta({ title: 'Usage of a Freehold gateway', id: 'freehold-usage' });

/** The usage file, checked. */
export interface Usage {
  readonly file: string;
  /** How many days the file covers. */
  readonly days: number;
  readonly operations: ReadonlyMap<string, readonly ClientUsage[]>;
  readonly coordinates: ReadonlyMap<string, readonly ClientUsage[]>;
}

/** Checks the text of a usage file; @throws {CheckError} listing all problems. */
export function parseUsage(text: string, file: string): Usage {
  const parsed = usageShape.safeParse(parseJson(text, file));
  if (!parsed.success)
    throw new CheckError(
      `${file} is no usage file (checks/schemas/usage.schema.json):\n${printProblems(parsed.error.issues)}`,
    );
  const { from, to, operations, coordinates } = parsed.data;
  const days = (Date.parse(to) - Date.parse(from)) / 86_400_000;
  if (days < 0) throw new CheckError(`${file}: "to" (${to}) is before "from" (${from}).`);
  return {
    file,
    days,
    operations: new Map(Object.entries(operations)),
    coordinates: new Map(Object.entries(coordinates)),
  };
}
