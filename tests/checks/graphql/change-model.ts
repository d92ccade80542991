import type { Random } from '../../differential/random.ts';
import {
  inputNames,
  makeField,
  makeValue,
  writeDefault,
  writeInputType,
  writeOutputType,
  type FieldModel,
  type MemberModel,
  type SchemaModel,
  type TypeModel,
  type ValueModel,
} from './schema-model.ts';

type Fielded = Extract<TypeModel, { fields: FieldModel[] }>;

/** Changes the model in one place; whether it composes still, only the composition tells. */
export function changeModel(model: SchemaModel, random: Random): void {
  const type = random.pick(model.types.filter(({ kind }) => kind !== 'scalar' || random.chance(0.1)));
  const fields = 'fields' in type ? type.fields : [];
  if (random.chance(0.06)) changeType(model, type, random);
  else if ('members' in type) changeMembers(type, random);
  else if ('values' in type) changeValues(type.values, random, `new${random.integer(0, 9)}`);
  else if ('fields' in type) changeFields(model, type, random.pick(fields), random);
}

function changeType(model: SchemaModel, type: TypeModel, random: Random): void {
  const action = random.pick(['mark', 'mark', 'remove', 'replace']);
  if (action === 'mark') type.marks = type.marks === '' ? ' @inaccessible' : '';
  else if (action === 'remove') removeType(model, type.name);
  else if (type.kind === 'enum') Object.assign(type, { kind: 'scalar' });
  else if (type.kind === 'scalar')
    Object.assign(type, { kind: 'enum', members: [{ name: 'NOW', home: 'both', marks: '' }] });
  else if (type.kind === 'interface')
    Object.assign(type, { kind: 'union', members: [{ name: 'Person', home: 'both', marks: '' }] });
}

/** The type with everything that names it. */
function removeType(model: SchemaModel, name: string): void {
  const isOther = ({ type }: { type: string }) => type.replaceAll(/[[\]!]/g, '') !== name;
  model.types = model.types.filter((type) => type.name !== name);
  for (const type of model.types) {
    if ('members' in type) type.members = type.members.filter((member) => member.name !== name);
    if ('values' in type) type.values = type.values.filter(isOther);
    if (!('fields' in type)) continue;
    type.interfaces = type.interfaces.filter((parent) => parent !== name);
    type.fields = type.fields.filter(isOther);
    for (const field of type.fields) field.args = field.args.filter(isOther);
  }
}

function changeMembers(type: Extract<TypeModel, { members: MemberModel[] }>, random: Random): void {
  const at = random.integer(0, type.members.length - 1);
  const member = type.members[at];
  if (member === undefined) return;
  const isUnion = type.kind === 'union';
  const added = isUnion ? random.pick(['Note', 'Page', 'Product']) : `NEW${random.integer(0, 9)}`;
  if (random.chance(0.4)) type.members.splice(at, 1);
  else if (random.chance(0.5)) {
    if (!type.members.some(({ name }) => name === added))
      type.members.push({ name: added, home: 'both', marks: '' });
  } else if (!isUnion)
    member.marks = member.marks === '' ? random.pick([' @inaccessible', ' @deprecated']) : '';
}

function changeValues(values: ValueModel[], random: Random, name: string): void {
  const at = random.integer(0, values.length - 1);
  const value = values[at];
  if (value === undefined || random.chance(0.2)) {
    values.push(makeValue(random, name, value?.home ?? 'a', inputNames));
    return;
  }
  switch (random.integer(0, 6)) {
    case 0:
      values.splice(at, 1);
      break;
    case 1:
      value.type = rewrap(value.type, random);
      break;
    case 2:
      value.type = value.type.replace(/\w+/, writeInputType(random, inputNames).replaceAll(/[[\]!]/g, ''));
      break;
    case 3:
      value.default = value.default === undefined ? writeDefault(random, value.type) : undefined;
      break;
    case 4:
      value.default = writeDefault(random, value.type);
      break;
    case 5:
      value.home = random.pick(['a', 'both']);
      break;
    default:
      value.marks = value.marks === '' ? random.pick([' @inaccessible', ' @deprecated']) : '';
  }
}

function changeFields(
  model: SchemaModel,
  type: Fielded,
  field: FieldModel | undefined,
  random: Random,
): void {
  if (field === undefined) return;
  const kin = listKin(model, type, field);
  switch (random.integer(0, 8)) {
    case 0:
      for (const one of kin) one.fields = one.fields.filter(({ name }) => name !== field.name);
      break;
    case 1:
      type.fields = type.fields.filter((one) => one !== field);
      break;
    case 2:
    case 3:
      retype(kin, field, rewrap(field.type, random));
      break;
    case 4:
      retype(kin, field, writeOutputType(random, field.home));
      break;
    case 5:
      for (const one of kin) one.fields.push(makeField(random, 'added', 'a'));
      break;
    case 6:
      if (field.home === 'both' && random.chance(0.5)) field.typeOfB = rewrap(field.type, random);
      else changeInterfaces(type, random);
      break;
    case 7:
      field.marks = field.marks === '' ? random.pick([' @inaccessible', ' @deprecated']) : '';
      break;
    default:
      changeArguments(kin, field, random);
  }
}

/** The types that have to change along: the interface of the field and the others that implement it. */
function listKin(model: SchemaModel, type: Fielded, { name }: FieldModel): Fielded[] {
  const isInherited = /^(shared|title)/.test(name);
  if (!isInherited) return [type];
  return model.types.filter(
    (other): other is Fielded => 'fields' in other && other.fields.some((field) => field.name === name),
  );
}

function retype(kin: readonly Fielded[], { name }: FieldModel, type: string): void {
  for (const field of kin.flatMap(({ fields }) => fields)) if (field.name === name) field.type = type;
}

function changeArguments(kin: readonly Fielded[], { name, args }: FieldModel, random: Random): void {
  changeValues(args, random, 'more');
  for (const field of kin.flatMap(({ fields }) => fields))
    if (field.name === name) field.args = structuredClone(args);
}

function changeInterfaces(type: Fielded, random: Random): void {
  if (type.interfaces.length > 0 && random.chance(0.6))
    type.interfaces.splice(random.integer(0, type.interfaces.length - 1), 1);
  else if (type.kind === 'object' && !type.interfaces.includes('Named')) type.interfaces.push('Named');
}

/** Another nullability or depth of lists for the same name. */
function rewrap(type: string, random: Random): string {
  const isList = type.startsWith('[');
  if (random.chance(0.15)) return isList ? type.replaceAll(/[[\]]/g, '').replace('!!', '!') : `[${type}]`;
  const name = type.replaceAll(/[[\]!]/g, '');
  return random.pick(isList ? ['[T]', '[T]!', '[T!]', '[T!]!'] : ['T', 'T!']).replace('T', name);
}
