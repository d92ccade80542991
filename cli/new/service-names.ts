/** The names that the parts of a new service bear. */
export interface ServiceNames {
  /** As in freehold.json, such as `gift-cards`. */
  readonly service: string;
  /** The entity's type, such as `GiftCard`. */
  readonly type: string;
  /** The type's name in the plural, such as `GiftCards`. */
  readonly types: string;
  /** The root field that finds one, such as `giftCard`. */
  readonly one: string;
  /** The root field that lists them, such as `giftCards`. */
  readonly many: string;
  /** Table or collection, such as `gift_cards`. */
  readonly table: string;
}

/** Names the parts of a service after it; `type` instead of the service's name in the singular. */
export function nameParts(service: string, type?: string): ServiceNames {
  const entity = type ?? toPascal(singular(service));
  const one = entity.charAt(0).toLowerCase() + entity.slice(1);
  const plural = /(s|x|ch|sh)$/.test(one) ? `${one}es` : one.replace(/([^aeiou])y$/, '$1ie').concat('s');
  const types = plural.charAt(0).toUpperCase() + plural.slice(1);
  return { service, type: entity, types, one, many: plural, table: toSnake(plural) };
}

function singular(word: string): string {
  if (word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  return /[^s]s$/.test(word) ? word.slice(0, -1) : word;
}

function toPascal(kebab: string): string {
  return kebab
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}

function toSnake(camel: string): string {
  return camel.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
