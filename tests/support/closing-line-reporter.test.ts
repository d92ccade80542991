import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

import { afterEach, expect, it } from 'vitest';

const run = promisify(execFile);
const folders: string[] = [];

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

/** The lines that vitest ends with on a project of one test file. */
async function runTests(source: string): Promise<{ lines: string[]; status: number }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'freehold-reporter-'));
  folders.push(folder);
  await symlink(path.resolve('node_modules'), path.join(folder, 'node_modules'));
  await writeFile(path.join(folder, 'some.test.ts'), source);
  const vitest = path.resolve('node_modules/vitest/vitest.mjs');
  const reporter = path.resolve('tests/support/closing-line-reporter.ts');
  const args = [vitest, 'run', '--root', folder, '--reporter', reporter];
  const { stdout, status } = await run(process.execPath, args, { cwd: folder }).then(
    (ended) => ({ stdout: ended.stdout, status: 0 }),
    (error: { stdout: string; code: number }) => ({ stdout: error.stdout, status: error.code }),
  );
  return { lines: stdout.trimEnd().split('\n'), status };
}

it('ends with the counts, after what failed and, a line a reason, what was skipped', async () => {
  const { lines, status } = await runTests(`
    import { describe, expect, it } from 'vitest';
    it('holds', () => {});
    it('breaks', () => { expect({ answer: 41 }).toEqual({ answer: 42 }); });
    describe('a server', () => {
      it('starts', ({ skip }) => skip('no engine'));
      it('ends', ({ skip }) => skip('no engine'));
      it('rests', ({ skip }) => skip('no bed'));
    });
  `);
  expect(lines.at(-1)).toBe('1 passed, 1 failed, 3 skipped');
  expect(lines.filter((line) => line.startsWith('skipped: '))).toEqual([
    'skipped: 2 tests of some.test.ts: no engine',
    'skipped: a server > rests (some.test.ts: no bed)',
  ]);
  const failed = lines.slice(lines.indexOf('failed: some.test.ts > breaks')).join('\n');
  expect(failed).toMatch(/AssertionError: expected \{ answer: 41 \} to deeply equal \{ answer: 42 \}/);
  expect(failed).toMatch(/-\s+"answer": 42,\n\s+\+\s+"answer": 41/);
  expect(status).toBe(1);
});

it('counts a file that cannot be loaded, and an error that no test waits for', async () => {
  const broken = await runTests(`throw new Error('no such thing');`);
  expect(broken.lines.at(-1)).toBe('0 passed, 1 failed');
  expect(broken.lines).toContain('failed: some.test.ts (outside of a test)');
  expect(broken.lines.join('\n')).toContain('Error: no such thing');

  const unhandled = await runTests(`
    import { it } from 'vitest';
    it('holds', () => { void Promise.reject(new Error('nobody waits')); });
  `);
  expect(unhandled.lines.at(-1)).toBe('1 passed, 1 failed');
  expect(unhandled.lines.join('\n')).toContain('nobody waits');
  expect(unhandled.status).toBe(1);
});
