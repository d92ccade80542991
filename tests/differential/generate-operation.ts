import {
  type GraphQLArgument,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType,
  parse,
  validate,
} from 'graphql';

import type { DifferentialGraph } from './differential-graph.ts';
import { Random } from './random.ts';

export interface GeneratedOperation {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** What already has a response name in one place of the answer; selections that share it must agree. */
interface Scope {
  readonly fields: Map<string, { readonly signature: string; readonly scope: Scope }>;
}

const newScope = (): Scope => ({ fields: new Map() });

/** A variable as the operation declares it. */
interface DeclaredVariable {
  readonly declaration: string;
}

/** Makes the text of one operation; a new one for every operation. */
class OperationWriter {
  readonly #schema: GraphQLSchema;
  readonly #graph: DifferentialGraph;
  readonly #random: Random;
  readonly #declared: DeclaredVariable[] = [];
  readonly #fragments: { name: string; on: string; text: string }[] = [];
  readonly variables: Record<string, unknown> = {};
  #fieldsLeft: number;

  constructor(schema: GraphQLSchema, graph: DifferentialGraph, random: Random) {
    this.#schema = schema;
    this.#graph = graph;
    this.#random = random;
    // A bound: the planner's time grows out of hand with fragments on an interface that has an interface object.
    this.#fieldsLeft = random.integer(3, 18);
  }

  write(): string {
    const type = this.#schema.getQueryType();
    if (!type) throw new Error('The schema has no query type');
    const leftOut = this.#graph.rootFieldsLeftOut ?? {};
    const fields = Object.values(type.getFields()).filter((field) => !(field.name in leftOut));
    const scope = newScope();
    const selections: string[] = [];
    const count = this.#random.integer(1, 3);
    for (let index = 0; index < count; index += 1) {
      selections.push(this.#writeField(this.#random.pick(fields), type, scope, 6));
    }
    if (this.#random.chance(0.1)) selections.push('__typename');
    const name = this.#random.chance(0.5) ? ' Generated' : '';
    const variables = this.#declared.map((variable) => variable.declaration).join(', ');
    const fragments = this.#fragments.map(
      (fragment) => `fragment ${fragment.name} on ${fragment.on} ${fragment.text}`,
    );
    return [`query${name}${variables && ` (${variables})`} { ${selections.join(' ')} }`, ...fragments].join(
      '\n',
    );
  }

  #writeField(
    field: GraphQLField<unknown, unknown>,
    parent: GraphQLCompositeType,
    scope: Scope,
    depth: number,
  ): string {
    this.#fieldsLeft -= 1;
    const args = this.#writeArguments(field.args);
    const type = getNamedType(field.type);
    const signature = `${field.name}${args}: ${String(field.type)}`;
    const { alias, childScope } = this.#nameField(field, parent, scope, signature);
    const selectionSet = isCompositeType(type)
      ? ` ${this.#writeSelectionSet(type, childScope, depth - 1)}`
      : '';
    return `${alias}${field.name}${args}${this.#writeCondition()}${selectionSet}`;
  }

  /** Finds a response name that is free here, or that means the same field already. */
  #nameField(
    field: GraphQLField<unknown, unknown>,
    parent: GraphQLCompositeType,
    scope: Scope,
    signature: string,
  ): { alias: string; childScope: Scope } {
    const others = 'getFields' in parent ? Object.keys(parent.getFields()) : [];
    const wishes: string[] = [];
    if (this.#random.chance(0.05)) wishes.push(this.#random.pick([...this.#graph.hostileNames, ...others]));
    if (this.#random.chance(0.1)) wishes.push(`alias${this.#random.integer(0, 3)}`);
    if (wishes.length === 0) wishes.push(field.name);
    for (let attempt = 0; ; attempt += 1) {
      const responseName = wishes[attempt] ?? `other${this.#random.integer(0, 99)}`;
      const taken = scope.fields.get(responseName);
      if (taken && taken.signature !== signature) continue;
      const childScope = taken?.scope ?? newScope();
      scope.fields.set(responseName, { signature, scope: childScope });
      return { alias: responseName === field.name ? '' : `${responseName}: `, childScope };
    }
  }

  #writeSelectionSet(type: GraphQLCompositeType, scope: Scope, depth: number): string {
    const selections: string[] = [];
    if (this.#random.chance(0.2))
      selections.push(this.#random.chance(0.3) ? 'kind: __typename' : '__typename');
    const fields = isUnionType(type) ? [] : Object.values(type.getFields());
    const affordable = fields.filter(
      (field) => !isCompositeType(getNamedType(field.type)) || (depth > 0 && this.#fieldsLeft > 0),
    );
    const count = this.#fieldsLeft > 0 ? this.#random.integer(1, 4) : 1;
    for (const field of this.#random.shuffle(affordable).slice(0, count)) {
      selections.push(this.#writeField(field, type, scope, depth));
    }
    if (isAbstractType(type) || this.#random.chance(0.12)) {
      const possible = this.#listFragmentTypes(type);
      for (const member of this.#random.shuffle(possible).slice(0, this.#random.integer(1, 3))) {
        if (depth > 0 && this.#fieldsLeft > 0) selections.push(this.#writeFragment(member, scope, depth - 1));
      }
    }
    return `{ ${selections.length > 0 ? this.#random.shuffle(selections).join(' ') : '__typename'} }`;
  }

  /** The types on which a fragment can stand inside `type`. */
  #listFragmentTypes(type: GraphQLCompositeType): GraphQLCompositeType[] {
    if (isObjectType(type)) return [type, ...type.getInterfaces()];
    const members = this.#schema.getPossibleTypes(type);
    const interfaces = new Set(members.flatMap((member) => member.getInterfaces()));
    return [...members, ...members, ...interfaces, type];
  }

  #writeFragment(type: GraphQLCompositeType, scope: Scope, depth: number): string {
    const text = this.#writeSelectionSet(type, scope, depth);
    const condition = this.#writeCondition();
    if (this.#random.chance(0.3)) {
      const name = `Part${this.#fragments.length}`;
      this.#fragments.push({ name, on: type.name, text });
      return `...${name}${condition}`;
    }
    const known = this.#fragments.filter((fragment) => fragment.on === type.name);
    const again = known.length > 0 && this.#random.chance(0.3) ? ` ...${this.#random.pick(known).name}` : '';
    return `... on ${type.name}${condition} ${text}${again}`;
  }

  #writeCondition(): string {
    if (!this.#random.chance(0.08)) return '';
    const write = (name: 'skip' | 'include'): string => {
      const value = this.#random.chance(name === 'include' ? 0.7 : 0.3);
      if (this.#random.chance(0.2)) return ` @${name}(if: ${value})`;
      const variable = `if${this.#declared.length}`;
      const hasDefault = this.#random.chance(0.3);
      this.#declared.push({ declaration: `$${variable}: Boolean${hasDefault ? ` = ${value}` : '!'}` });
      if (!hasDefault || this.#random.chance(0.5)) this.variables[variable] = value;
      return ` @${name}(if: $${variable})`;
    };
    if (this.#random.chance(0.1)) return `${write('skip')}${write('include')}`;
    return write(this.#random.chance(0.5) ? 'skip' : 'include');
  }

  #writeArguments(args: readonly GraphQLArgument[]): string {
    const parts = args.flatMap((argument) => {
      const isRequired = isNonNullType(argument.type) && argument.defaultValue === undefined;
      if (!isRequired && this.#random.chance(0.5)) return [];
      return [`${argument.name}: ${this.#writeArgument(argument)}`];
    });
    return parts.length > 0 ? `(${parts.join(', ')})` : '';
  }

  #writeArgument(argument: GraphQLArgument): string {
    const value = this.#makeValue(argument.type, argument, 2);
    if (this.#random.chance(0.5)) return this.#writeLiteral(value, argument.type);
    const variable = `v${this.#declared.length}`;
    const hasDefault = value !== null && this.#random.chance(0.2);
    const defaultText = hasDefault ? ` = ${this.#writeLiteral(value, argument.type)}` : '';
    this.#declared.push({ declaration: `$${variable}: ${String(argument.type)}${defaultText}` });
    const mayLeaveOut = hasDefault || !isNonNullType(argument.type);
    if (!mayLeaveOut || this.#random.chance(0.8)) this.variables[variable] = value;
    return `$${variable}`;
  }

  #makeValue(type: GraphQLInputType, owner: GraphQLArgument | GraphQLInputField, depth: number): unknown {
    if (isNonNullType(type)) return this.#makeValue(type.ofType, owner, depth);
    const isOptional = !isNonNullType(owner.type);
    if (type === owner.type && isOptional && this.#random.chance(0.1)) return null;
    if (isListType(type)) {
      const length = this.#random.integer(0, 3);
      return Array.from({ length }, () => this.#makeValue(type.ofType, owner, depth));
    }
    const given =
      this.#graph.argumentValues[owner.name] ?? this.#graph.argumentValues[getNamedType(type).name];
    if (isInputObjectType(type)) {
      const fields = Object.values(type.getFields()).filter(
        (field) =>
          (isNonNullType(field.type) && field.defaultValue === undefined) ||
          (depth > 0 && this.#random.chance(0.4)),
      );
      return Object.fromEntries(
        fields.map((field) => [field.name, this.#makeValue(field.type, field, depth - 1)]),
      );
    }
    if (isEnumType(type)) return this.#random.pick(type.getValues()).name;
    if (given) return this.#random.pick(given);
    switch (type.name) {
      case 'Boolean':
        return this.#random.chance(0.5);
      case 'Int':
        return this.#random.integer(0, 4);
      case 'Float':
        return this.#random.integer(0, 40) / 4;
      default:
        return String(this.#random.integer(1, 5));
    }
  }

  #writeLiteral(value: unknown, type: GraphQLInputType): string {
    if (value === null || value === undefined) return 'null';
    if (isNonNullType(type)) return this.#writeLiteral(value, type.ofType);
    if (isListType(type)) {
      return `[${(value as readonly unknown[]).map((item) => this.#writeLiteral(item, type.ofType)).join(', ')}]`;
    }
    if (isInputObjectType(type)) {
      const fields = type.getFields();
      const parts = Object.entries(value).map(([name, item]) => {
        const field = fields[name];
        if (!field) throw new Error(`${type.name} has no field "${name}"`);
        return `${name}: ${this.#writeLiteral(item, field.type)}`;
      });
      return `{ ${parts.join(', ')} }`;
    }
    return isEnumType(type) && typeof value === 'string' ? value : JSON.stringify(value);
  }
}

/** Makes a valid operation that the seed determines. */
export function generateOperation(
  schema: GraphQLSchema,
  graph: DifferentialGraph,
  seed: number,
): GeneratedOperation {
  const random = new Random(seed);
  // A fragment that is used twice may clash with what stands beside it: then the next one of the same stream.
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const writer = new OperationWriter(schema, graph, random);
    const query = writer.write();
    if (validate(schema, parse(query)).length === 0) return { query, variables: writer.variables };
  }
  throw new Error(`No valid operation was found for seed ${seed} on ${graph.name}`);
}
