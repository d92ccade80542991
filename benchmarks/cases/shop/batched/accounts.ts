import type { PrismaClient } from '../../../../prisma/accounts/client/client.ts';
import { createLoader, inOrder } from './data-loader.ts';

interface Reference {
  readonly id: string;
}

export function createLoaders(prisma: PrismaClient) {
  return {
    users: createLoader(async (ids: readonly string[]) => {
      const users = await prisma.user.findMany({ where: { id: { in: [...ids] } } });
      return inOrder(ids, users, (user) => user.id);
    }),
  };
}

type Loaders = ReturnType<typeof createLoaders>;

const findUser = ({ id }: Reference, { users }: Loaders) => users.load(id);

/** accounts with a DataLoader. */
export const resolvers = {
  Query: { user: (_source: unknown, args: Reference, loaders: Loaders) => findUser(args, loaders) },
  User: { __resolveReference: findUser },
};
