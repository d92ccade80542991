import { Command } from 'commander';
import { expect, test } from 'vitest';

import { addTokenCommand } from './token.ts';

test('a token of nobody is refused', () => {
  const program = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
  addTokenCommand(program);
  for (const command of program.commands)
    command.exitOverride().configureOutput({ writeErr: () => undefined });
  expect(() => program.parse(['token', '--user', ''], { from: 'user' })).toThrow(
    'expected the id of a user, such as user-2.',
  );
});
