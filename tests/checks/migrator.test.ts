import { expect, test } from 'vitest';

import { migrationCommands } from '../../checks/databases/mongo-migration.ts';
import { parseCommands } from '../../databases/migrations/mongo/migration-commands.ts';

test('the check takes the commands of MongoDB for runnable that the migrator runs, and no other', () => {
  const isRun = (name: string) => {
    try {
      return parseCommands(JSON.stringify({ commands: [{ [name]: 'users' }] }), 'migration.json').length > 0;
    } catch {
      return false;
    }
  };
  expect(migrationCommands.filter((name) => !isRun(name))).toEqual([]);
  const others = ['renameCollection', 'convertToCapped', 'findAndModify', 'aggregate', 'dropDatabase'];
  expect(others.filter(isRun)).toEqual([]);
});
