import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { listTree } from '../support/process-tree.ts';
import { ask, signInAs, startFreehold, type RunningCommand } from '../support/run-freehold.ts';

let dataFolder: string;
let shop: RunningCommand;

beforeAll(async () => {
  dataFolder = await mkdtemp(path.join(os.tmpdir(), 'freehold-durability-'));
  shop = startFreehold(['start', '--port', '0', '--data', dataFolder]);
  await shop.ready;
});

afterAll(async () => {
  shop.kill('SIGTERM');
  await shop.ended;
  await rm(dataFolder, { recursive: true, force: true });
});

/** A process may be gone already: some end as soon as their parent does. */
function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Registers users and writes a review of each, one after the other, until the shop answers no more. */
async function writeUntilKilled(
  url: string,
  writer: number,
  acknowledged: { users: string[]; reviews: string[] },
): Promise<void> {
  for (let turn = 0; ; turn += 1) {
    const username = `writer-${writer}-${turn}`;
    try {
      const registered = await ask(
        url,
        'mutation ($input: RegisterUserInput!) { registerUser(input: $input) { user { id username } } }',
        { input: { username, name: 'Writer', email: `${username}@example.com` } },
      );
      const user = registered.data?.registerUser?.user;
      if (user == null) continue;
      acknowledged.users.push(user.username);
      const reviewed = await ask(
        url,
        'mutation ($input: WriteReviewInput!) { writeReview(input: $input) { review { id } } }',
        { input: { productId: 'product-1', rating: 4, title: 'Durable' } },
        await signInAs({ user: user.id, username: user.username }),
      );
      const review = reviewed.data?.writeReview?.review;
      if (review != null) acknowledged.reviews.push(review.id);
    } catch {
      // No answer any more: what was not acknowledged may be lost.
      return;
    }
  }
}

test('what was acknowledged is there after every process was killed at once, in the midst of writing', async () => {
  const { url } = await shop.ready;
  const acknowledged = { users: [] as string[], reviews: [] as string[] };
  const writers = Promise.all([1, 2, 3, 4].map((writer) => writeUntilKilled(url, writer, acknowledged)));
  await expect.poll(() => acknowledged.reviews.length).toBeGreaterThan(30);
  for (const { pid } of await listTree(shop.pid)) killIfThere(pid);
  await Promise.all([writers, shop.ended]);

  shop = startFreehold(['start', '--port', '0', '--data', dataFolder]);
  const again = await shop.ready;
  const missing: string[] = [];
  for (const username of acknowledged.users) {
    const { data } = await ask(again.url, 'query ($username: String!) { user(username: $username) { id } }', {
      username,
    });
    if (data?.user?.id === undefined) missing.push(username);
  }
  for (const id of acknowledged.reviews) {
    const { data } = await ask(again.url, 'query ($id: ID!) { review(id: $id) { title } }', { id });
    if (data?.review?.title !== 'Durable') missing.push(id);
  }
  expect(missing).toEqual([]);
}, 180_000);
