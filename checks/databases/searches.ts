import { Kind, type DocumentNode, type FieldDefinitionNode, type InputValueDefinitionNode } from 'graphql';

import {
  hasDirective,
  listEnumValues,
  listInputFields,
  listKeys,
  listTypes,
  namedType,
} from '../project/subgraph-types.ts';
import type { ServiceDatabase } from './service-database.ts';
import { findColumn, findSearchedColumn, findTable } from './table-mapping.ts';

/** A way in which a schema lets clients search or order a table. */
export interface Search {
  /** The field that searches, such as `Query.orders`; of a key the type. */
  readonly field: string;
  /** What chooses the column: an argument, an input field, an enum value or the type's key. */
  readonly chooser: string;
  readonly kind: 'filter' | 'sort' | 'key';
  /** Whether the table is searched inside of another object, by whose id an index may begin. */
  readonly isNested: boolean;
  readonly table: string;
  readonly column: string;
  /** The argument whose default it is: an operation that leaves the argument out searches so as well. */
  readonly defaultOf?: string;
}

/** All searches that a subgraph's schema offers, as far as names tell the column behind them. */
export function listSearches(
  document: DocumentNode,
  database: ServiceDatabase,
  configured: Readonly<Record<string, string>>,
): Search[] {
  const types = listTypes(document);
  return [...types.values()].flatMap((type) => [
    ...listKeySearches(type.name, types, database, configured),
    ...type.fields
      .filter((field) => !hasDirective(field, 'external') && type.name !== 'Mutation')
      .flatMap((field) => listFieldSearches(type.name, field, document, database, configured)),
  ]);
}

function listKeySearches(
  name: string,
  types: ReturnType<typeof listTypes>,
  database: ServiceDatabase,
  configured: Readonly<Record<string, string>>,
): Search[] {
  const type = types.get(name);
  const table = type && findTable(database, name, type.interfaces, configured);
  if (!type || !table) return [];
  return listKeys(type)
    .filter((key) => key.isResolvable && /^[A-Za-z_]\w*$/.test(key.fields.trim()))
    .flatMap(({ fields }) => {
      const column = findColumn(database, table, fields.trim());
      const chooser = `${name}.${fields.trim()}`;
      return column === undefined
        ? []
        : [{ field: name, chooser, kind: 'key' as const, isNested: false, table: table.name, column }];
    });
}

function listFieldSearches(
  parent: string,
  field: FieldDefinitionNode,
  document: DocumentNode,
  database: ServiceDatabase,
  configured: Readonly<Record<string, string>>,
): Search[] {
  const row = findRowType(document, namedType(field.type));
  const table = findTable(database, row, listTypes(document).get(row)?.interfaces ?? [], configured);
  if (table === undefined) return [];
  const name = `${parent}.${field.name.value}`;
  const shared = { field: name, isNested: parent !== 'Query', table: table.name };
  return (field.arguments ?? []).flatMap((argument): Search[] => {
    const type = namedType(argument.type);
    const inputFields = listInputFields(document, type);
    const sorts = listSortValues(document, argument, inputFields);
    if (sorts !== undefined)
      return sorts.values.flatMap((value) => {
        const column = findColumn(database, table, toCamelCase(value));
        return column === undefined
          ? []
          : [
              {
                ...shared,
                kind: 'sort' as const,
                chooser: `${sorts.type}.${value}`,
                column,
                ...(hasDefault(argument, value) ? { defaultOf: `${name}(${argument.name.value}:)` } : {}),
              },
            ];
      });
    if (inputFields.length > 0)
      return inputFields.flatMap((inputField) => {
        const column = findSearchedColumn(database, table, inputField.name.value);
        const chooser = `${type}.${inputField.name.value}`;
        return column === undefined ? [] : [{ ...shared, kind: 'filter' as const, chooser, column }];
      });
    const column = findColumn(database, table, argument.name.value);
    const chooser = `${name}(${argument.name.value}:)`;
    return column === undefined ? [] : [{ ...shared, kind: 'filter' as const, chooser, column }];
  });
}

function hasDefault({ defaultValue }: InputValueDefinitionNode, value: string): boolean {
  return defaultValue?.kind === Kind.ENUM && defaultValue.value === value;
}

/** What a connection lists, else the type itself. */
function findRowType(document: DocumentNode, name: string): string {
  const types = listTypes(document);
  const fieldType = (type: string, field: string) => {
    const found = types.get(type)?.fields.find((candidate) => candidate.name.value === field);
    return found === undefined ? undefined : namedType(found.type);
  };
  const edge = fieldType(name, 'edges');
  return fieldType(name, 'nodes') ?? (edge === undefined ? undefined : fieldType(edge, 'node')) ?? name;
}

/** An argument that orders: an enum, or an input with an enum in it, named for what it does. */
function listSortValues(
  document: DocumentNode,
  argument: InputValueDefinitionNode,
  inputFields: readonly InputValueDefinitionNode[],
): { type: string; values: readonly string[] } | undefined {
  if (!/^(sort|order|orderBy|sortBy)$/.test(argument.name.value)) return undefined;
  const types =
    inputFields.length > 0 ? inputFields.map((field) => namedType(field.type)) : [namedType(argument.type)];
  for (const type of types) {
    const values = listEnumValues(document, type);
    if (values !== undefined && !values.includes('ASC')) return { type, values };
  }
  return undefined;
}

function toCamelCase(value: string): string {
  return value.toLowerCase().replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
