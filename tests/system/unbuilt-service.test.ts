import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

import { expect, it, onTestFinished } from 'vitest';

const run = promisify(execFile);

/** What a built checkout needs to make a service and run its commands. */
const copied = [
  'bin',
  'dist',
  'subgraphs',
  'prisma',
  'operations',
  'freehold.json',
  'package.json',
  'docker-compose.yml',
  'supergraph.graphql',
];

it('a service that was made and not built is told to be built', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'freehold-unbuilt-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const name of copied) await cp(name, path.join(folder, name), { recursive: true });
  await symlink(path.resolve('node_modules'), path.join(folder, 'node_modules'));
  const freehold = (...args: string[]) =>
    run(process.execPath, ['bin/freehold.js', ...args], {
      cwd: folder,
      env: { ...process.env, GIFT_CARDS_DATABASE_URL: 'postgresql://nobody@127.0.0.1/nothing' },
    });
  await freehold('new', 'subgraph', 'gift-cards', '--database', 'postgres');
  await expect(freehold('seed', 'gift-cards')).rejects.toMatchObject({
    code: 1,
    stderr:
      'freehold: prisma/gift-cards/seed.ts is not built; "npm run build" builds it, as "npm start" does.\n',
  });
}, 180_000);
