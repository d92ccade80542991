import { seedPostgres } from '../seed-postgres.ts';
import type { Seed } from '../seeding.ts';
import { sizesOf } from '../shop-data/sizes.ts';
import { userAt } from '../shop-data/users.ts';

/** Fills the database of accounts with users and their addresses. */
export const seed: Seed = (url, options) => {
  const { users } = sizesOf(options.scale);
  return seedPostgres(url, options, [
    {
      table: 'users',
      count: users,
      rowsAt(index) {
        const { id, username, name, email, registeredAt } = userAt(index);
        return [{ id, username, name, email, registered_at: registeredAt }];
      },
    },
    {
      table: 'addresses',
      count: users,
      rowsAt(index) {
        const user = userAt(index);
        return user.addresses.map(({ postalCode, ...address }, position) => ({
          ...address,
          postal_code: postalCode,
          user_id: user.id,
          position,
        }));
      },
    },
  ]);
};
