import { readFileSync } from 'node:fs';

import { ConfigError } from '../gateway/config/gateway-config.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The process's environment. This is the one file that reads it. A database URL, keys or a token may also be given
 * as a file that holds them (`ACCOUNTS_DATABASE_URL_FILE`, `FREEHOLD_SERVICE_KEYS_FILE`), which is how containers are
 * handed secrets; an empty variable is none. Throws a `ConfigError` when such a file cannot be read, or when both
 * forms are given.
 */
export function readEnvironment(environment: Environment = process.env): Environment {
  const read: Record<string, string | undefined> = { ...environment };
  for (const [name, file] of Object.entries(environment)) {
    const match =
      /^(.+_DATABASE(?:_OWNER)?_URL|FREEHOLD_(?:SERVICE|SIGNING)_KEYS|FREEHOLD_EXPLAIN_TOKEN)_FILE$/.exec(
        name,
      );
    const target = match?.[1];
    if (target === undefined || file === undefined || file === '') continue;
    if (environment[target] !== undefined) {
      throw new ConfigError(`Both ${target} and ${name} are set; expected one of them.`);
    }
    read[target] = readUrlFile(name, file);
  }
  return read;
}

function readUrlFile(name: string, file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new ConfigError(`The file ${file}, which ${name} names, cannot be read (${code ?? message}).`);
  }
}
