import type { Node, TypeName } from 'libpg-query';

/** The text of a name's part or of a list's item. */
export function textOf(node: Node): string {
  return 'String' in node ? (node.String.sval ?? '') : '';
}

/** The last part of a qualified name, such as `x` of `"public"."x"`. */
export function lastName(node: Node): string {
  if ('List' in node) return (node.List.items ?? []).map(textOf).at(-1) ?? '';
  if ('TypeName' in node) return (node.TypeName.names ?? []).map(textOf).at(-1) ?? '';
  if ('ObjectWithArgs' in node) return (node.ObjectWithArgs.objname ?? []).map(textOf).at(-1) ?? '';
  return textOf(node);
}

/** A type as PostgreSQL prints it, without its schema. */
export function printType(type: TypeName | undefined): string {
  const name = (type?.names ?? []).map(textOf).at(-1) ?? '';
  const modifiers = (type?.typmods ?? []).flatMap((node) =>
    'A_Const' in node && node.A_Const.ival !== undefined ? [String(node.A_Const.ival.ival ?? 0)] : [],
  );
  // NUMERIC(10) is NUMERIC(10,0).
  if (name === 'numeric' && modifiers.length === 1) modifiers.push('0');
  return `${name}${modifiers.length > 0 ? `(${modifiers.join(',')})` : ''}${(type?.arrayBounds ?? []).length > 0 ? '[]' : ''}`;
}
