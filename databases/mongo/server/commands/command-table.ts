import { collectionCommands } from './collection-commands.ts';
import { indexCommands } from './index-commands.ts';
import { adminCommands } from './admin-commands.ts';
import { authCommands } from './auth-commands.ts';
import type { CommandDefinition } from './command.ts';
import { explainCommand } from './explain.ts';
import { helloCommand } from './hello.ts';
import { operationCommands } from './operation-commands.ts';
import { readCommands } from './read-commands.ts';
import { sessionCommands } from './session-commands.ts';
import { userCommands } from './user-commands.ts';
import { writeCommands } from './write-statements.ts';

// In the order in which a client meets them: connect, log in, work, end.
const definitions: readonly CommandDefinition[] = [
  helloCommand,
  ...authCommands,
  ...readCommands,
  ...writeCommands,
  ...sessionCommands,
  ...collectionCommands,
  ...indexCommands,
  explainCommand,
  ...userCommands,
  ...adminCommands,
  ...operationCommands,
];

/** Every command by each of its names. */
export const COMMANDS: ReadonlyMap<string, CommandDefinition> = new Map(
  definitions.flatMap((definition) =>
    [definition.name, ...(definition.aliases ?? [])].map((name) => [name, definition]),
  ),
);
