import type { Logger } from 'pino';
import { CommandError } from '../command-error.ts';
import { compileFilter } from '../query/compile-filter.ts';
import { compileJsonSchema } from '../query/json-schema/compile-json-schema.ts';
import type { StoredCollection } from '../storage/stored-collection.ts';
import type { Change } from '../storage/writer.ts';
import { type BsonDocument, isDocument } from '../values/bson-document.ts';

/** The rules a document breaks, `null` when it is valid. */
type Validator = (document: BsonDocument) => BsonDocument | null;

// Options are replaced and not changed, so they can stand for their compiled form.
const compiled = new WeakMap<BsonDocument, Validator>();

/** Compiles a validator. Throws for what a filter would be refused for. */
export function compileValidator(validator: BsonDocument): Validator {
  const schema = validator['$jsonSchema'];
  const matches = compileFilter(validator);
  const rules = isDocument(schema) ? compileJsonSchema(schema) : null;
  return (document) => {
    if (matches(document)) return null;
    const schemaRulesNotSatisfied = rules?.(document) ?? [];
    return schemaRulesNotSatisfied.length > 0
      ? { operatorName: '$jsonSchema', schemaRulesNotSatisfied }
      : {
          operatorName: Object.keys(validator)[0],
          specifiedAs: validator,
          reason: 'expression did not match',
        };
  };
}

function validatorOf(options: BsonDocument): Validator {
  const known = compiled.get(options);
  if (known !== undefined) return known;
  const { validator } = options;
  const made = isDocument(validator) ? compileValidator(validator) : () => null;
  compiled.set(options, made);
  return made;
}

/** Throws DocumentValidationFailure for a document that its collection does not allow. */
export function checkValidator(collection: StoredCollection, change: Change, log: Logger): void {
  const { options } = collection;
  if (change.after === null || !isDocument(options['validator'])) return;
  if (options['validationLevel'] === 'off') return;
  const validate = validatorOf(options);
  const details = validate(change.after);
  if (details === null) return;
  // At the moderate level, a document that was invalid before may stay so.
  const isModerate = options['validationLevel'] === 'moderate';
  if (isModerate && change.before !== null && validate(change.before) !== null) return;
  if (options['validationAction'] === 'warn') {
    log.warn({ namespace: collection.namespace, details }, 'Document would fail validation');
    return;
  }
  throw new CommandError('DocumentValidationFailure', 'Document failed validation', {
    errInfo: { failingDocumentId: change.after['_id'], details },
  });
}
