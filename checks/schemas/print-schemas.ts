import { z } from 'zod';

import { usageShape } from '../../gateway/usage/usage-file.ts';
import { acceptedShape } from '../config/accepted-breaks.ts';
import { checksConfigShape } from '../config/checks-config.ts';
import { reportShape } from '../report/report-shape.ts';

/** The JSON Schemas that are published beside this file, by file name. A test holds the files against these. */
export function printSchemas(): ReadonlyMap<string, string> {
  const shapes = {
    'report.schema.json': { shape: reportShape, io: 'output' },
    'usage.schema.json': { shape: usageShape, io: 'input' },
    'checks.schema.json': { shape: checksConfigShape, io: 'input' },
    'accepted.schema.json': { shape: acceptedShape, io: 'input' },
  } as const;
  return new Map(
    Object.entries(shapes).map(([file, { shape, io }]) => [
      file,
      `${JSON.stringify(z.toJSONSchema(shape, { io }), undefined, 2)}\n`,
    ]),
  );
}
