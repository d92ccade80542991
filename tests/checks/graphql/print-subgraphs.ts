import type { FieldModel, Home, SchemaModel, TypeModel, ValueModel } from './schema-model.ts';

const link =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key", "@shareable", "@inaccessible"])';

/** The schema of one of the two subgraphs. */
export function printSubgraph(model: SchemaModel, side: 'a' | 'b'): string {
  return [link, ...model.types.flatMap((type) => printType(type, side))].join('\n\n');
}

function isIn(home: Home, side: 'a' | 'b'): boolean {
  return home === side || home === 'both';
}

function printType(type: TypeModel, side: 'a' | 'b'): string[] {
  switch (type.kind) {
    case 'scalar':
      return [`scalar ${type.name}${type.marks}`];
    case 'union': {
      if (side === 'b') return [];
      const members = type.members.map(({ name }) => name).join(' | ');
      return members === '' ? [] : [`union ${type.name}${type.marks} = ${members}`];
    }
    case 'enum':
      return printBlock(
        `enum ${type.name}${type.marks}`,
        type.members.filter(({ home }) => isIn(home, side)).map(({ name, marks }) => `${name}${marks}`),
      );
    case 'input':
      return printBlock(`input ${type.name}${type.marks}`, printValues(type.values, side));
    default:
      return printFielded(type, side);
  }
}

function printFielded(type: Extract<TypeModel, { kind: 'object' | 'interface' }>, side: 'a' | 'b'): string[] {
  if (side === 'b' && type.kind === 'interface') return [];
  const fields = type.fields
    .filter(({ home }) => isIn(home, side))
    .map((field) => printField(field, side, type.kind === 'interface'));
  const key = type.isEntity ? ' @key(fields: "id")' : '';
  const parents =
    side === 'a' && type.interfaces.length > 0 ? ` implements ${type.interfaces.join(' & ')}` : '';
  return printBlock(
    `${type.kind === 'object' ? 'type' : 'interface'} ${type.name}${parents}${key}${type.marks}`,
    [...(type.isEntity ? ['id: ID!'] : []), ...fields],
  );
}

function printField(field: FieldModel, side: 'a' | 'b', isOfInterface: boolean): string {
  const values = printValues(field.args, side);
  const type = side === 'b' ? (field.typeOfB ?? field.type) : field.type;
  const shareable = field.home === 'both' && !isOfInterface ? ' @shareable' : '';
  return `${field.name}${values.length > 0 ? `(${values.join(', ')})` : ''}: ${type}${shareable}${field.marks}`;
}

function printValues(values: readonly ValueModel[], side: 'a' | 'b'): string[] {
  return values
    .filter(({ home }) => isIn(home, side))
    .map(
      (value) =>
        `${value.name}: ${value.type}${value.default === undefined ? '' : ` = ${value.default}`}${value.marks}`,
    );
}

function printBlock(head: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`${head} {\n${lines.map((line) => `  ${line}`).join('\n')}\n}`];
}
