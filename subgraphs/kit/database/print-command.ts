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
// Under these names of a command stand no values of a request: directions and fields. A document may have fields of the
// same names, so they are looked for where a command has them and nowhere else.
const plainOptions = new Set(['sort', 'projection', 'key', 'ordered']);
const plainStages = new Set(['$sort', '$project', '$unwind']);
// In these stages a text with a dollar is a field's path and not a value.
const expressionStages = new Set(['$group', '$set', '$addFields', '$setWindowFields', '$replaceWith']);

/** A MongoDB command as text with its values left out: `find products {"filter":{"_id":{"$in":"?"}}}`. */
export function printCommand(command: object): string {
  const [[name, target] = ['', ''], ...fields] = Object.entries(command);
  const rest = Object.fromEntries(
    fields
      .filter(([field]) => !driverFields.has(field))
      .map(([field, value]) => [field, printOption(field, listOf(value))]),
  );
  return `${name} ${typeof target === 'string' ? target : ''} ${JSON.stringify(rest)}`;
}

/** The driver sends the statements of a write that has several as a sequence, which keeps them beside their bytes. */
function listOf(value: unknown): unknown {
  if (isDocument(value)) return value;
  return typeof value === 'object' && value !== null && 'documents' in value ? value.documents : value;
}

function printOption(option: string, value: unknown): unknown {
  if (plainOptions.has(option)) return plain(value);
  if (option === 'updates' && Array.isArray(value))
    return value.map((statement: unknown) => mapFields(statement, printOption));
  // An update is operators with values, or, as a list, a pipeline.
  if (['pipeline', 'update', 'u'].includes(option) && Array.isArray(value)) return value.map(printStage);
  return hideValues(value, 'values');
}

function printStage(stage: unknown): unknown {
  return mapFields(stage, (name, value) => {
    if (plainStages.has(name)) return plain(value);
    if (name === '$lookup' || name === '$unionWith') return mapFields(value, printOption);
    if (name === '$facet')
      return mapFields(value, (_facet, stages) =>
        Array.isArray(stages) ? stages.map(printStage) : hideValues(stages, 'values'),
      );
    return hideValues(value, expressionStages.has(name) ? 'expressions' : 'values');
  });
}

function hideValues(value: unknown, mode: 'values' | 'expressions'): unknown {
  // A list of values says nothing but its length; a list of conditions is kept.
  if (Array.isArray(value))
    return value.every(isDocument) ? value.map((part) => hideValues(part, mode)) : '?';
  if (isDocument(value))
    return mapFields(value, (name, part) =>
      mode === 'expressions' && name === 'sortBy' ? plain(part) : hideValues(part, mode),
    );
  return mode === 'expressions' && typeof value === 'string' && value.startsWith('$') ? value : '?';
}

function mapFields(value: unknown, print: (name: string, part: unknown) => unknown): unknown {
  if (!isDocument(value)) return '?';
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, print(name, part)]));
}

/** The driver keeps an order as a Map. */
function plain(value: unknown): unknown {
  return value instanceof Map ? Object.fromEntries(value) : value;
}

function isDocument(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
