import type { Random } from '../../differential/random.ts';

/** Which of the two subgraphs define a part: `a`, `b` or both. */
export type Home = 'a' | 'b' | 'both';

export interface ValueModel {
  name: string;
  type: string;
  default?: string | undefined;
  home: Home;
  /** Directives as they are written, such as ` @deprecated`. */
  marks: string;
}

export interface FieldModel {
  name: string;
  type: string;
  /** The type in `b`, where it is another one there. */
  typeOfB?: string | undefined;
  args: ValueModel[];
  home: Home;
  marks: string;
}

export interface MemberModel {
  name: string;
  home: Home;
  marks: string;
}

export type TypeModel =
  | {
      kind: 'object' | 'interface';
      name: string;
      isEntity: boolean;
      interfaces: string[];
      fields: FieldModel[];
      marks: string;
    }
  | { kind: 'union' | 'enum'; name: string; members: MemberModel[]; marks: string }
  | { kind: 'input'; name: string; values: ValueModel[]; marks: string }
  | { kind: 'scalar'; name: string; marks: string };

/** A small federated project of two subgraphs, as plain data that a change can edit. */
export interface SchemaModel {
  types: TypeModel[];
}

const wrappers = ['T', 'T', 'T!', 'T!', '[T]', '[T!]', '[T!]!', '[T]!'];
const scalars = ['Int', 'Float', 'String', 'Boolean', 'ID', 'Moment'];
export const enumNames = ['Color', 'Size'];
export const inputNames = ['Filter', 'Range'];
const entityNames = ['Person', 'Product'];
const objectNames = [...entityNames, 'Page', 'Note'];

/** A type of output that some subgraph can name; `b` knows neither interfaces nor unions. */
export function writeOutputType(random: Random, home: Home): string {
  const name = random.chance(0.55)
    ? random.pick([...scalars, ...enumNames])
    : random.pick(home === 'a' ? [...objectNames, 'Named', 'Found', 'Titled'] : [...entityNames, 'Note']);
  return random.pick(wrappers).replace('T', name);
}

/** `inputs` are the input types that it may be; an input type names none that names it. */
export function writeInputType(random: Random, inputs: readonly string[]): string {
  const names = inputs.length === 0 || random.chance(0.5) ? [...scalars, ...enumNames] : inputs;
  return random.pick(wrappers).replace('T', random.pick(names));
}

/** A default for the type, or none where none is easily written. */
export function writeDefault(random: Random, type: string): string | undefined {
  const name = type.replaceAll(/[[\]!]/g, '');
  const values: Readonly<Record<string, readonly string[]>> = {
    Int: ['1', '2'],
    Float: ['1.5', '2'],
    String: ['"x"', '"y"'],
    Boolean: ['true', 'false'],
    ID: ['"1"', '"2"'],
    Color: ['RED', 'GREEN'],
    Size: ['RED', 'GREEN'],
  };
  const known = values[name];
  if (known === undefined) return undefined;
  const value = random.pick(known);
  return type.startsWith('[') ? `[${value}]` : value;
}

export function makeValue(random: Random, name: string, home: Home, inputs: readonly string[]): ValueModel {
  const type = writeInputType(random, inputs);
  return {
    name,
    type,
    default: random.chance(0.35) ? writeDefault(random, type) : undefined,
    home,
    marks: '',
  };
}

export function makeField(random: Random, name: string, home: Home): FieldModel {
  const count = random.chance(0.4) ? random.integer(1, 2) : 0;
  return {
    name,
    type: writeOutputType(random, home),
    args: Array.from({ length: count }, (_, at) => makeValue(random, `arg${at}`, home, inputNames)),
    home,
    marks: random.chance(0.05) ? ' @deprecated' : '',
  };
}

export function makeModel(random: Random): SchemaModel {
  const named = makeFields(random, 'shared', 'a', 2);
  const titled = [...named, ...makeFields(random, 'title', 'a', 1)];
  return {
    types: [
      {
        kind: 'object',
        name: 'Query',
        isEntity: false,
        interfaces: [],
        marks: '',
        fields: [
          ...makeRoots(),
          ...makeFields(random, 'a', 'a', 4),
          ...makeFields(random, 'b', 'b', 2),
          ...makeFields(random, 'ab', 'both', 1),
        ],
      },
      makeObject(random, 'Person', true, 'Named', named),
      makeObject(random, 'Product', true, 'Named & Titled', titled),
      makeObject(random, 'Page', false, random.chance(0.5) ? 'Named & Titled' : '', titled),
      makeObject(random, 'Note', false, '', []),
      { kind: 'interface', name: 'Named', isEntity: false, interfaces: [], fields: named, marks: '' },
      {
        kind: 'interface',
        name: 'Titled',
        isEntity: false,
        interfaces: ['Named'],
        fields: titled,
        marks: '',
      },
      {
        kind: 'union',
        name: 'Found',
        members: makeMembers(objectNames.slice(0, random.integer(1, 3))),
        marks: '',
      },
      ...enumNames.map((name): TypeModel => ({
        kind: 'enum',
        name,
        members: makeMembers(['RED', 'GREEN', 'BLUE'].slice(0, random.integer(2, 3))),
        marks: '',
      })),
      ...inputNames.map((name, at): TypeModel => ({
        kind: 'input',
        name,
        values: Array.from({ length: 3 }, (_, index) =>
          makeValue(random, `in${index}`, random.chance(0.8) ? 'both' : 'a', inputNames.slice(0, at)),
        ),
        marks: '',
      })),
      { kind: 'scalar', name: 'Moment', marks: '' },
    ],
  };
}

/** Every type can be reached, whatever chance brings beside them. */
function makeRoots(): FieldModel[] {
  const types = ['Person', '[Product!]!', 'Page', 'Note!', 'Named', '[Found!]', 'Titled!'];
  return types.map((type, at) => ({ name: `root${at}`, type, args: [], home: 'a', marks: '' }));
}

function makeFields(random: Random, prefix: string, home: Home, count: number): FieldModel[] {
  return Array.from({ length: count }, (_, at) => makeField(random, `${prefix}${at}`, home));
}

function makeObject(
  random: Random,
  name: string,
  isEntity: boolean,
  interfaces: string,
  inherited: readonly FieldModel[],
): TypeModel {
  const isShared = isEntity || name === 'Note';
  return {
    kind: 'object',
    name,
    isEntity,
    interfaces: interfaces === '' ? [] : interfaces.split(' & '),
    marks: '',
    fields: [
      ...structuredClone([...inherited]).map((field) => ({
        ...field,
        type: field.type.endsWith('!') || random.chance(0.8) ? field.type : `${field.type}!`,
      })),
      ...makeFields(random, 'own', 'a', 2),
      ...(isEntity ? makeFields(random, 'far', 'b', 2) : []),
      ...(isShared ? makeFields(random, 'same', 'both', 2) : []),
    ],
  };
}

function makeMembers(names: readonly string[]): MemberModel[] {
  return names.map((name) => ({ name, home: 'both', marks: '' }));
}
