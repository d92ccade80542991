import { z } from 'zod';

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
        'Clients by the schema coordinate that they used: `Type`, `Type.field`, `Type.field(argument:)`, `InputType.field`, `Enum.VALUE` or `@directive`. Inputs and enum values count wherever they were sent, in the document or in variables.',
      ),
  })
  .meta({ title: 'Usage of a Freehold gateway', id: 'freehold-usage' });

/** The usage file as it is written. */
export type UsageFile = z.infer<typeof usageShape>;
