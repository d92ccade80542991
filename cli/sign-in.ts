import { ConfigError } from '../gateway/config/gateway-config.ts';
import { mintDevelopmentToken } from './development-keys.ts';
import type { Project } from './project.ts';

/** In whose name a command asks a gateway of development. */
export interface CommandCaller {
  /** The claim `sub`, such as a user's id. Default: the `developmentUser` of freehold.json. */
  readonly user?: string | undefined;
  /** The claim `preferred_username`. Default for the `developmentUser`: its own; for others none. */
  readonly username?: string | undefined;
  readonly scopes?: readonly string[] | undefined;
  readonly policies?: readonly string[] | undefined;
}

/**
 * A token for development, which a gateway with the project's development key set accepts.
 *
 * @throws {ConfigError} when no user is named, neither here nor in freehold.json
 */
export async function mintTokenFor(
  { root, developmentUser }: Pick<Project, 'root' | 'developmentUser'>,
  caller: CommandCaller,
  expiresS = 3600,
): Promise<string> {
  const user = caller.user ?? developmentUser?.id;
  if (user === undefined)
    throw new ConfigError('Whose token? Name a user with --user; freehold.json has no developmentUser.');
  const own = user === developmentUser?.id ? developmentUser.username : undefined;
  return await mintDevelopmentToken(root, {
    user,
    username: caller.username ?? own,
    scopes: caller.scopes ?? [],
    policies: caller.policies ?? [],
    expiresS,
  });
}

/** The header that signs a caller in for an hour; none without a caller. */
export async function signIn(
  project: Pick<Project, 'root' | 'developmentUser'>,
  caller: CommandCaller | undefined,
): Promise<Readonly<Record<string, string>>> {
  if (caller === undefined) return {};
  return { authorization: `Bearer ${await mintTokenFor(project, caller)}` };
}
