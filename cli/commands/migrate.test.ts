import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { openDatabase } from '../../databases/open-database.ts';
import { removeRunningFile, writeRunningFile } from '../../databases/running-file.ts';
import { bundleProgram, type BundledProgram } from '../../tests/support/bundle-program.ts';
import {
  createServiceMigration,
  diagnoseService,
  migrateService,
  type MigrateContext,
} from '../migrate-project.ts';
import { findSubgraph, loadProject } from '../project.ts';

let root: string;

beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'freehold-migrate-'));
});

afterAll(async () => {
  await rm(root, { recursive: true, force: true });
});

describe('freehold migrate', () => {
  let program: BundledProgram;

  beforeAll(async () => {
    program = await bundleProgram(path.join(import.meta.dirname, '../fixtures/freehold.ts'));
  });

  afterAll(async () => {
    await program.remove();
  });

  async function run(...words: string[]) {
    const data = path.join(root, 'shop');
    const child = spawn(process.execPath, [program.file, 'migrate', ...words, '--data', data]);
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number];
    return { code, output };
  }

  // Five processes, which a busy machine starts slowly.
  test('run twice at once and once more changes the database once', { timeout: 180_000 }, async () => {
    const runs = await Promise.all([run('accounts'), run('accounts')]);
    expect(runs.map((one) => one.code)).toEqual([0, 0]);
    const outputs = runs.map((one) => one.output).sort();
    expect(outputs[0]).toMatch(/^accounts: applied \d+_init\n$/);
    expect(outputs[1]).toMatch(/^accounts: up to date/);
    expect(await run('accounts')).toMatchObject({ code: 0, output: outputs[1] });
    expect(await run('accounts', '--dry-run')).toEqual({ code: 0, output: 'accounts: up to date\n' });
    expect(await run('new', 'accounts', 'nothing new')).toEqual({
      code: 0,
      output: 'accounts: the migrations already lead to the declared schema; nothing written.\n',
    });
  });

  test('names the services when it does not know one', async () => {
    const { code, output } = await run('warehouse');
    expect(code).toBe(1);
    expect(output).toContain('No service is named "warehouse"; expected one of: accounts');
  });
});

describe('migrating a service of a project', () => {
  const schema = (fields: string): string =>
    `datasource db {\n  provider = "postgresql"\n}\n\nmodel Note {\n  id Int @id\n${fields}}\n`;
  let context: MigrateContext;

  async function declare(fields: string): Promise<void> {
    await writeFile(path.join(context.project.root, 'prisma/notes/schema.prisma'), schema(fields));
  }

  beforeAll(async () => {
    const folder = path.join(root, 'project');
    await mkdir(path.join(folder, 'prisma/notes'), { recursive: true });
    const project = {
      name: 'desk',
      supergraph: 'supergraph.graphql',
      gateway: { port: 0 },
      subgraphs: [{ name: 'notes', database: 'postgres' }],
    };
    await writeFile(path.join(folder, 'freehold.json'), JSON.stringify(project));
    const log = pino({ level: 'silent' });
    context = { project: await loadProject(folder), environment: {}, log };
  });

  test('starts its database when the shop does not run, and uses the open one when it does', async () => {
    const notes = findSubgraph(context.project, 'notes');
    await declare('');
    await createServiceMigration(context, notes, 'init');
    expect((await migrateService(context, notes)).applied).toHaveLength(1);

    const folder = path.join(context.project.root, '.freehold/data/notes');
    const { log } = context;
    const database = await openDatabase({ service: 'notes', kind: 'postgres', folder, environment: {}, log });
    await writeRunningFile(folder, database);
    try {
      await declare('  text String?\n');
      expect((await diagnoseService(context, notes)).undeclared).toContain('text');
      // Two migrations in one second would have the same time; the name tells them apart and sorts after.
      await createServiceMigration(context, notes, 'text');
      expect((await migrateService(context, notes)).applied).toHaveLength(1);
      expect((await migrateService(context, notes)).alreadyApplied).toHaveLength(2);
    } finally {
      await removeRunningFile(folder);
      await database.close();
    }
    expect(
      (await readdir(path.join(notes.prismaFolder, 'migrations'))).filter((name) => /^\d/.test(name)),
    ).toHaveLength(2);
  });
});
