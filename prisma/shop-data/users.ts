import { randomFor } from './random.ts';
import { instantAt, placeOf } from './sizes.ts';
import { cities, firstNames, lastNames, streets } from './words.ts';

/** A user of the sample shop. */
export interface ShopUser {
  readonly id: string;
  readonly username: string;
  readonly name: string;
  readonly email: string;
  readonly registeredAt: string;
  /** The default one first. */
  readonly addresses: readonly ShopAddress[];
}

/** Where a user of the sample shop wants goods sent to. */
export interface ShopAddress {
  readonly id: string;
  readonly label: string;
  readonly street: string;
  readonly city: string;
  readonly postalCode: string;
  readonly country: string;
}

/** The user at `index`, which counts from 1. */
export function userAt(index: number): ShopUser {
  const { part, place } = placeOf('users', index);
  const random = randomFor('user', index);
  const first = random.pick(firstNames);
  const last = random.pick(lastNames);
  // The index makes it unique: there are fewer names than users.
  const username = `${first}.${last}${index}`.toLowerCase();
  return {
    id: `user-${index}`,
    username,
    name: `${first} ${last}`,
    email: `${username}@example.com`,
    registeredAt: instantAt(place * 180 + part * 7 + random.between(0, 5)),
    addresses: ['Home', 'Work'].slice(0, random.between(0, 9) < 3 ? 2 : 1).map((label, position) => {
      const { city, country, postalCode } = random.pick(cities);
      return {
        id: `address-${index}-${position + 1}`,
        label,
        street: `${random.pick(streets)} ${random.between(1, 140)}`,
        city,
        postalCode: `${postalCode}${random.between(100, 999)}`,
        country,
      };
    }),
  };
}
