import {
  getNamedType,
  isCompositeType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  type GraphQLCompositeType,
  type GraphQLOutputType,
  type GraphQLSchema,
} from 'graphql';

import { placeOf } from '../../operation/answer-introspection.ts';
import type { FieldSelection, NormalisedOperation, Selection } from '../../operation/selection.ts';
import type { DataObject } from '../data.ts';
import type { DataFacts } from '../execution-state.ts';
import { collectFields, dependOnType } from './collect-fields.ts';
import { compileLeaf } from './write-leaf.ts';
import { compileList } from './write-list.ts';
import { compileNonNull } from './write-non-null.ts';
import { compileObject, type FieldWriter } from './write-object.ts';
import { compileShared } from './write-shared.ts';
import { compileTypeName } from './write-type-name.ts';
import { nullText, type CompletionError, type ProjectionState, type Write } from './write.ts';

/** The text of `data`, and what was wrong with the data. */
export interface Projected {
  readonly json: string;
  readonly errors: readonly CompletionError[];
}

/** Writes the answer to an operation from the data that its plan has gathered. */
export type Project = (
  data: DataObject,
  local: ReadonlyMap<string, string>,
  facts: Omit<DataFacts, 'isAscii'>,
) => Projected;

interface ProjectionContext {
  readonly schema: GraphQLSchema;
  /** Dotted keys (no list marks) of the places where entities are fetched. */
  readonly entityPaths: ReadonlySet<string>;
  /** How many writers remember what they wrote. */
  slots: number;
}

const noLocal: ReadonlyMap<string, string> = new Map();

/** Compiles what the client asked for. `entityPaths`: where the plan fetches entities, as dotted keys. */
export function compileProjection(
  operation: NormalisedOperation,
  schema: GraphQLSchema,
  entityPaths: ReadonlySet<string>,
): Project {
  const context: ProjectionContext = { schema, entityPaths, slots: 0 };
  const place = { type: operation.rootType, path: '', isShared: false };
  const write = compileSelections(place, operation.selections, operation.kind, context);
  return (data, local, { isPlain, hasShared }) => {
    const state: ProjectionState = { errors: [], local, isPlain, hasShared, written: [] };
    const json = write(data, state);
    for (const { path } of state.errors) path.reverse();
    return { json: json === '' ? nullText : json, errors: state.errors };
  };
}

export { noLocal };

/** Where a selection set stands. */
interface Place {
  readonly type: GraphQLCompositeType;
  /** Dotted keys from the root. */
  readonly path: string;
  /** Whether an entity above it may stand at several places. */
  readonly isShared: boolean;
}

function compileSelections(
  place: Place,
  selections: readonly Selection[],
  description: string,
  context: ProjectionContext,
): Write {
  return compileObject(place.type, description, context.schema, (type) =>
    dependOnType(selections, type, context.schema)
      ? undefined
      : collectFields(selections, type, context.schema).map((field) =>
          compileField(field, type, place, context),
        ),
  );
}

function compileField(
  field: FieldSelection,
  type: GraphQLCompositeType,
  parent: Place,
  context: ProjectionContext,
): FieldWriter {
  const { responseName, key } = field;
  if (field.introspection !== undefined) {
    const place = placeOf(parent.path, responseName);
    return { responseName, key, write: (_value, { local }) => local.get(place) ?? nullText };
  }
  if (field.fieldName === '__typename') return { responseName, key, write: compileTypeName(type) };
  // The object's own type may promise more than the interface through which it is asked.
  const own = isObjectType(type) ? type.getFields()[field.fieldName] : undefined;
  const path = parent.path === '' ? key : `${parent.path}.${key}`;
  const isShared = parent.isShared || context.entityPaths.has(parent.path);
  const write = compileType(own?.type ?? field.type, `field ${type.name}.${responseName}`, (description) => {
    const named = getNamedType(field.type);
    if (isLeafType(named)) return compileLeaf(named, description);
    const inner = { type: isCompositeType(named) ? named : type, path, isShared };
    return compileSelections(inner, field.selections ?? [], description, context);
  });
  const isComposite = field.selections !== undefined;
  return {
    responseName,
    key,
    write: isShared && isComposite ? compileShared(write, context.slots++) : write,
  };
}

function compileType(
  type: GraphQLOutputType,
  description: string,
  compileNamed: (description: string) => Write,
): Write {
  if (isNonNullType(type))
    return compileNonNull(compileType(type.ofType, description, compileNamed), description);
  if (!isListType(type)) return compileNamed(description);
  const item = `array element of type ${String(type.ofType)} of ${description}`;
  return compileList(compileType(type.ofType, item, compileNamed), description);
}
