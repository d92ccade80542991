import { execFileSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { runCheckCommand } from '../../cli/run-check.ts';
import { runDiffCommand } from '../../cli/run-diff.ts';
import { runPublishCommand } from '../../cli/run-publish.ts';

let root: string;
let written: string;
let failed: string;
const output = {
  write: (text: string) => {
    written += text;
  },
  fail: (text: string) => {
    failed += text;
  },
};

function git(...args: readonly string[]): string {
  return execFileSync(
    'git',
    ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', '-c', 'commit.gpgsign=false', ...args],
    { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
  );
}

async function edit(file: string, before: string, after: string): Promise<void> {
  const text = await readFile(path.join(root, file), 'utf8');
  expect(text).toContain(before);
  await writeFile(path.join(root, file), text.replace(before, after));
}

async function write(file: string, text: string): Promise<void> {
  await mkdir(path.dirname(path.join(root, file)), { recursive: true });
  await writeFile(path.join(root, file), text);
}

function printUsage(coordinate: string): string {
  const client = { name: 'web', calls: 1, lastSeen: '2026-11-20T00:00:00Z' };
  return JSON.stringify({
    format: 'freehold-usage',
    version: 1,
    from: '2026-11-01T00:00:00Z',
    to: '2026-11-20T00:00:00Z',
    coordinates: { [coordinate]: [client] },
  });
}

const schema = 'subgraphs/people/schema.graphql';
const removeEmail = ['  email: String!\n  phone: String\n  nickname', '  phone: String\n  nickname'] as const;

beforeEach(async () => {
  root = await mkdtemp(path.join(os.tmpdir(), 'freehold-check-'));
  await cp(path.join(import.meta.dirname, 'fixtures/_project'), root, { recursive: true });
  written = '';
  failed = '';
  git('init', '-q', '-b', 'main');
  git('add', '-A');
  git('commit', '-q', '-m', 'base');
});

afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

describe('freehold check', () => {
  test('finds nothing on an unchanged tree and exits with 0', async () => {
    expect(await runCheckCommand(root, { format: 'text' }, output)).toBe(0);
    expect(written).toContain('Nothing found. Compared with');
  });

  test('compares a branch with where it left main, and exits with 1 when something breaks', async () => {
    git('checkout', '-q', '-b', 'change');
    await edit(schema, ...removeEmail);
    git('commit', '-q', '-a', '-m', 'remove email');
    git('checkout', '-q', 'main');
    git('commit', '-q', '--allow-empty', '-m', 'main goes on');
    git('checkout', '-q', 'change');
    expect(await runCheckCommand(root, { format: 'text' }, output)).toBe(1);
    expect(written).toContain('BREAKING  field-removed  Person.email');
    expect(written).toContain('(merge base with main)');
  });

  test('reads the base from a folder within a repository, without a checkout', async () => {
    await edit(schema, ...removeEmail);
    expect(await runCheckCommand(root, { format: 'json', base: 'HEAD' }, output)).toBe(1);
    expect(JSON.parse(written)).toMatchObject({ outcome: 'broken' });
  });

  test('tells the age of a deprecation from the day on which its line was written', async () => {
    await edit(schema, 'Use name. Since 2026-01-15.', 'Use name.');
    const date = new Date(Date.now() - 90 * 86_400_000).toISOString();
    execFileSync(
      'git',
      ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', 'commit', '-q', '-a', '-m', 'deprecate'],
      { cwd: root, env: { ...process.env, GIT_COMMITTER_DATE: date, GIT_AUTHOR_DATE: date } },
    );
    await edit(schema, '  nickname: String @deprecated(reason: "Use name.")\n', '');
    expect(await runCheckCommand(root, { format: 'json' }, output)).toBe(0);
    expect(written).toContain('It has been deprecated for 90 days.');
  });

  test('reads the documents and the usage file that the configuration names, wherever they are', async () => {
    await write('client/src/person.graphql', 'query Own { person(id: "1") { phone } }\n');
    await write('counted/usage.json', printUsage('Person.phone'));
    await write(
      'freehold.checks.json',
      // With a byte order mark, as some editors write it.
      '\uFEFF{ "operations": ["client/**/*.graphql"], "usage": "counted/usage.json" }',
    );
    git('add', '-A');
    git('commit', '-q', '-m', 'a client beside the services');
    await edit(schema, '  phone: String\n  nickname', '  nickname');
    expect(await runCheckCommand(root, { format: 'text', base: 'HEAD' }, output)).toBe(1);
    expect(written).toContain('Own (client/src/person.graphql:1)');
    expect(written).not.toContain('removed or changed here');
    expect(written).toContain('judged by 1 known operation and counted/usage.json');
  });

  test('reads the documents of a client that has the name of a build folder', async () => {
    await write('operations/client/own.graphql', 'query Own { person(id: "1") { phone } }\n');
    expect(await runCheckCommand(root, { format: 'text', base: 'HEAD' }, output)).toBe(0);
    expect(written).toContain('judged by 4 known operations');
    git('add', '-A');
    git('commit', '-q', '-m', 'a client named client');
    await edit(schema, '  phone: String\n  nickname', '  nickname');
    expect(await runCheckCommand(root, { format: 'text', base: 'HEAD' }, output)).toBe(1);
    expect(written).toContain('Own (operations/client/own.graphql:1), sent by client\n');
  });

  test('exits with 2 and says why when it cannot run', async () => {
    expect(await runCheckCommand(root, { format: 'text', base: 'no-such-branch' }, output)).toBe(2);
    expect(failed).toBe(
      'freehold check could not run: --base "no-such-branch" is no commit, branch or tag here, and no file or folder either.\n',
    );
    await writeFile(path.join(root, 'notes.txt'), 'no supergraph');
    const refusals = [
      [{ base: 'notes.txt' }, '--base notes.txt holds no supergraph that can be read; expected what'],
      [{ base: 'HEAD', operations: ['nothing/**'] }, '--operations "nothing/**" matches no file'],
      [{ base: 'HEAD', usage: ['none.json'] }, 'The usage file none.json does not exist.'],
      [{ base: 'HEAD', usage: ['subgraphs'] }, 'The usage file subgraphs is a folder; expected a file.'],
      [{ base: 'HEAD', usage: ['notes.txt'] }, 'notes.txt is not JSON'],
    ] as const;
    for (const [options, message] of refusals) {
      failed = '';
      expect(await runCheckCommand(root, { format: 'text', ...options }, output)).toBe(2);
      expect(failed).toContain(message);
      expect(failed.trimEnd().split('\n')).toHaveLength(1);
    }
    const link = 'https://specs.apollo.dev/';
    await writeFile(
      path.join(root, 'notes.txt'),
      `schema @link(url: "${link}link/v1.0") @link(url: "${link}join/v0.3", for: EXECUTION) { query: Query }
       type Query implements Named { a: Int } interface Named { name: String }`,
    );
    failed = '';
    expect(await runCheckCommand(root, { format: 'text', base: 'notes.txt' }, output)).toBe(2);
    expect(failed).toContain('not a valid GraphQL schema. Caused by: Unknown directive');
    await writeFile(
      path.join(root, 'freehold.checks.json'),
      '{ "rules": { "no-such-rule": { "severity": "off" } } }',
    );
    failed = '';
    expect(await runCheckCommand(root, { format: 'text', base: 'HEAD' }, output)).toBe(2);
    expect(failed).toContain('rules.no-such-rule.reason: Invalid input: expected string');
  });

  test('accepts nothing that cannot be deployed, and does not offer to', async () => {
    await edit('subgraphs/goods/schema.graphql', 'type Product @key', 'typo Product @key');
    expect(await runCheckCommand(root, { format: 'json', base: 'HEAD' }, output)).toBe(1);
    const { findings } = JSON.parse(written) as { findings: { rule: string; subject: string }[] };
    const [{ rule, subject } = { rule: '', subject: '' }] = findings;
    expect(rule).toBe('composition-failed');
    written = '';
    await runCheckCommand(root, { format: 'text', base: 'HEAD' }, output);
    expect(written).not.toContain('To accept a break');
    const entry = { rule, subject, reason: 'We know.', author: 'Ada', expires: '2999-12-31' };
    await writeFile(path.join(root, 'freehold.accepted.json'), JSON.stringify({ accepted: [entry] }));
    expect(await runCheckCommand(root, { format: 'text', base: 'HEAD' }, output)).toBe(2);
    expect(failed).toContain('cannot be accepted, because it cannot be deployed: composition-failed of');
    await writeFile(path.join(root, 'freehold.accepted.json'), '{ "accepted": [] }');
    await writeFile(
      path.join(root, 'freehold.checks.json'),
      '{ "rules": { "composition-failed": { "severity": "off", "reason": "We know." } } }',
    );
    failed = '';
    expect(await runCheckCommand(root, { format: 'text', base: 'HEAD' }, output)).toBe(2);
    expect(failed).toContain(
      'lowers what cannot be lowered, because it cannot be deployed: composition-failed.',
    );
  });

  test('says of an unknown key of its files which keys there are', async () => {
    await writeFile(
      path.join(root, 'freehold.checks.json'),
      '{ "rulez": {}, "rules": { "list-without-limit": { "severity": "off", "reason": "Few.", "onli": [] } } }',
    );
    expect(await runCheckCommand(root, { format: 'text', base: 'HEAD' }, output)).toBe(2);
    expect(failed.split('\n').slice(1, -1)).toEqual([
      '  rules.list-without-limit: Unrecognized key: "onli"; expected: severity, reason, only',
      '  (the whole file): Unrecognized key: "rulez"; expected: $schema, rules, operations, usage, deprecationDays, tables',
    ]);
    failed = '';
    await writeFile(path.join(root, 'freehold.checks.json'), '{}');
    await writeFile(
      path.join(root, 'freehold.accepted.json'),
      '{ "accepted": [{ "rule": "a", "subject": "b", "reason": "c", "author": "d", "expires": "2999-12-31", "until": 1 }] }',
    );
    expect(await runCheckCommand(root, { format: 'text', base: 'HEAD' }, output)).toBe(2);
    expect(failed).toContain('"until"; expected: rule, subject, reason, author, expires');
  });

  test('refuses an acceptance of a rule that does not exist', async () => {
    await writeFile(
      path.join(root, 'freehold.accepted.json'),
      '{ "accepted": [{ "rule": "field-remove", "subject": "b", "reason": "c", "author": "d", "expires": "2999-12-31" }] }',
    );
    expect(await runCheckCommand(root, { format: 'text', base: 'HEAD' }, output)).toBe(2);
    expect(failed).toContain('freehold.accepted.json names rules that do not exist: field-remove.');
  });
});

describe('freehold publish and diff', () => {
  test('publish writes supergraph and manifest, and a second time nothing', async () => {
    expect(await runPublishCommand(root, {}, output)).toBe(0);
    expect(written).toBe(
      'supergraph.graphql: 2 subgraphs, written\noperations/manifest.json: 4 operations, written\n',
    );
    written = '';
    expect(await runPublishCommand(root, { verify: true }, output)).toBe(0);
    expect(written).toBe(
      'supergraph.graphql: 2 subgraphs, unchanged\noperations/manifest.json: 4 operations, unchanged\n',
    );
  });

  test('publish refuses what breaks the published supergraph, though each change passed its own check', async () => {
    await runPublishCommand(root, {}, output);
    await edit(schema, ...removeEmail);
    expect(await runPublishCommand(root, {}, output)).toBe(1);
    expect(failed).toContain('Nothing is published');
    expect(await readFile(path.join(root, 'supergraph.graphql'), 'utf8')).toContain('email');
  });

  test('diff lists what changed, safe changes too', async () => {
    await edit(schema, ...removeEmail);
    await edit('subgraphs/goods/schema.graphql', '  price: Int!', '  price: Int!\n  weight: Int');
    expect(await runDiffCommand(root, { format: 'text' }, output)).toBe(0);
    expect(written).toBe(`breaking (1)
  Field 'email' was removed from object type 'Person'  subgraphs/people/schema.graphql:23

safe (1)
  Field 'weight' was added to object type 'Product'  subgraphs/goods/schema.graphql:13
`);
  });
});
