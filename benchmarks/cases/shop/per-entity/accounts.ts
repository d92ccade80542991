import type { PrismaClient } from '../../../../prisma/accounts/client/client.ts';

interface Reference {
  readonly id: string;
}

/** accounts as it is mostly written: each user is found by itself. */
export function createResolvers(prisma: PrismaClient) {
  const findUser = ({ id }: Reference) => prisma.user.findUnique({ where: { id } });
  return {
    Query: { user: (_source: unknown, args: Reference) => findUser(args) },
    User: { __resolveReference: findUser },
  };
}
