import { RequestError } from '../errors.ts';

/** Refuses arrays of operations that are longer than `max`; 0, the default, refuses every array. */
export function limitBatch(operations: readonly unknown[], max: number): void {
  if (max === 0) {
    throw new RequestError('BATCH_LIMIT', 'Expected one operation as a JSON object, found an array.');
  }
  if (operations.length > max) {
    throw new RequestError(
      'BATCH_LIMIT',
      `The batch has ${operations.length} operations; the limit is ${max}.`,
    );
  }
}
