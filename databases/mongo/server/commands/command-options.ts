import { CommandError } from '../command-error.ts';
import { type BsonDocument, isDocument } from '../values/bson-document.ts';
import { bsonTypeOf, isNumeric } from '../values/bson-type.ts';

function wrongType(field: string, value: unknown, expected: string): CommandError {
  return new CommandError(
    'TypeMismatch',
    `BSON field '${field}' is the wrong type '${bsonTypeOf(value)}', expected type '${expected}'`,
  );
}

/** A field that is a document; `{}` when it is not given. */
export function documentOption(command: BsonDocument, field: string): BsonDocument {
  const value = command[field];
  if (value === undefined || value === null) return {};
  if (isDocument(value)) return value;
  throw wrongType(field, value, 'object');
}

/** A field that is an array of documents. */
export function documentsOption(command: BsonDocument, field: string): BsonDocument[] {
  const value = command[field];
  if (value === undefined) {
    throw new CommandError(
      'Location40414',
      `BSON field '${Object.keys(command)[0]}.${field}' is missing but a required field`,
    );
  }
  if (!Array.isArray(value)) throw wrongType(field, value, 'array');
  return value.map((part: unknown) => {
    if (isDocument(part)) return part;
    throw wrongType(field, part, 'object');
  });
}

/** A field that is a number that is not negative; `fallback` when it is not given. */
export function countOption(command: BsonDocument, field: string, fallback: number): number {
  const value = command[field];
  if (value === undefined || value === null) return fallback;
  if (!isNumeric(value)) throw wrongType(field, value, 'long');
  const count = Number(value);
  if (count < 0) {
    throw new CommandError(
      'Location51024',
      `BSON field '${field}' value must be >= 0, actual value '${count}'`,
    );
  }
  return Math.trunc(count);
}

/** A field that is true or false; a number counts as MongoDB counts it. */
export function flagOption(command: BsonDocument, field: string, fallback: boolean): boolean {
  const value = command[field];
  if (value === undefined || value === null) return fallback;
  if (typeof value === 'boolean') return value;
  if (isNumeric(value)) return Number(value) !== 0;
  throw wrongType(field, value, 'bool');
}

/** A field that is a string. */
export function stringOption(command: BsonDocument, field: string): string {
  const value = command[field];
  if (typeof value === 'string') return value;
  throw wrongType(field, value, 'string');
}

/** Refuses a collation other than the simple one: strings are compared by their bytes only. */
export function refuseCollation(command: BsonDocument): void {
  const collation = command['collation'];
  if (collation === undefined) return;
  if (isDocument(collation) && collation['locale'] === 'simple') return;
  throw new CommandError(
    'NotImplemented',
    "A collation other than { locale: 'simple' } is not supported by the development server",
  );
}

/** Refuses fields that a command or a statement does not know. */
export function refuseUnknownFields(
  prefix: string,
  document: BsonDocument,
  known: ReadonlySet<string>,
): void {
  for (const field of Object.keys(document)) {
    if (known.has(field)) continue;
    throw new CommandError('Location40415', `BSON field '${prefix}.${field}' is an unknown field.`);
  }
}
