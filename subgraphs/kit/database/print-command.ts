// Fields that are the driver's business, and long or different each time.
const driverFields = new Set([
  'lsid',
  '$db',
  '$clusterTime',
  '$readPreference',
  'txnNumber',
  'comment',
  'signature',
  'apiVersion',
]);
// Under these names stand no values of a request: directions and fields.
const plainFields = new Set([
  'sort',
  'projection',
  'sortBy',
  '$sort',
  '$project',
  '$unwind',
  'key',
  'ordered',
]);
// Under these names a text with a dollar is a field's path and not a value.
const expressionFields = new Set(['$group', '$set', '$addFields', '$setWindowFields', '$replaceWith']);

/** A MongoDB command as text with its values left out: `find products {"filter":{"_id":{"$in":"?"}}}`. */
export function printCommand(command: object): string {
  const [[name, target] = ['', ''], ...fields] = Object.entries(command);
  const rest = Object.fromEntries(
    fields
      .filter(([field]) => !driverFields.has(field))
      .map(([field, value]) => [field, hideValues(field, value, 'values')]),
  );
  return `${name} ${typeof target === 'string' ? target : ''} ${JSON.stringify(rest)}`;
}

type Mode = 'values' | 'expressions' | 'plain';

function hideValues(field: string, value: unknown, outer: Mode): unknown {
  const mode = plainFields.has(field)
    ? 'plain'
    : expressionFields.has(field) && outer === 'values'
      ? 'expressions'
      : outer;
  // The driver keeps an order as a Map.
  if (mode === 'plain') return value instanceof Map ? Object.fromEntries(value) : value;
  if (field === 'pipeline' && Array.isArray(value))
    return value.map((stage: unknown) => hideValues('', stage, 'values'));
  // A list of values says nothing but its length; a list of conditions is kept.
  if (Array.isArray(value))
    return value.every(isDocument) ? value.map((part) => hideValues('', part, mode)) : '?';
  if (isDocument(value))
    return Object.fromEntries(
      Object.entries(value).map(([name, part]) => [name, hideValues(name, part, mode)]),
    );
  return mode === 'expressions' && typeof value === 'string' && value.startsWith('$') ? value : '?';
}

function isDocument(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
