import { argumentWithoutIndex } from './argument-without-index.ts';
import { connectionShape } from './connection-shape.ts';
import { deprecationReason } from './deprecation-reason.ts';
import { descriptionMissing } from './description-missing.ts';
import { enumValueCase } from './enum-value-case.ts';
import { fieldNameCase } from './field-name-case.ts';
import { inputNameSuffix } from './input-name-suffix.ts';
import { keyNullable } from './key-nullable.ts';
import { keyWithoutUniqueIndex } from './key-without-unique-index.ts';
import { listWithoutLimit } from './list-without-limit.ts';
import { nonNullEntityReference } from './non-null-entity-reference.ts';
import { shareableDisagrees } from './shareable-disagrees.ts';
import { typeNameCase } from './type-name-case.ts';
import type { Rule } from './rule.ts';

/** All rules on schemas. Federation comes first, because there a mistake costs requests or answers; names come last. */
export const schemaRules: readonly Rule[] = [
  keyNullable,
  keyWithoutUniqueIndex,
  nonNullEntityReference,
  argumentWithoutIndex,
  shareableDisagrees,
  connectionShape,
  listWithoutLimit,
  deprecationReason,
  descriptionMissing,
  typeNameCase,
  fieldNameCase,
  enumValueCase,
  inputNameSuffix,
];
