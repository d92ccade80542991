import type { Command } from 'commander';

/**
 * Makes a mistake in a command's own arguments end with 2, "could not run": for commands whose exit code 1 says that
 * something was found.
 */
export function exitWithTwoOnMisuse(command: Command): Command {
  return command.exitOverride(({ exitCode }) => {
    process.exit(exitCode === 0 ? 0 : 2);
  });
}
