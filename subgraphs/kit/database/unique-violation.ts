import { listCauses } from './database-failure.ts';

/**
 * The name of the unique index or the columns that a write ran into, such as `users_email_key`; undefined when the
 * error is another one. It is read from what the driver said, wherever Prisma put it.
 */
export function uniqueViolationOf(error: unknown): string | undefined {
  for (const cause of listCauses(error)) {
    const { code, meta } = cause as { readonly code?: unknown; readonly meta?: unknown };
    if (code === 'P2002') return JSON.stringify(meta);
    if (code === 11_000) return cause.message;
  }
  return undefined;
}
