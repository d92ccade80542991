import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';

import type { FindLineDate } from './api/judge-deprecation.ts';
import type { CheckBase } from './composition/compose-sides.ts';
import { CheckError } from './check-error.ts';
import { checksConfigFile, checksConfigShape } from './config/checks-config.ts';
import { isProjectFile, type FileTree } from './files/file-tree.ts';
import { findLineDate, findMergeBase, readCommit, resolveCommit } from './files/git.ts';
import { compileGlob } from './files/glob.ts';
import { readFolder } from './files/read-folder.ts';
import { parseJson } from './project/snapshot.ts';

/** Both sides of a comparison, read. */
export interface OpenSides {
  readonly base: CheckBase;
  readonly head: FileTree;
  readonly findLineDate: FindLineDate | undefined;
}

/**
 * Reads the working tree in `root` and what it is compared with: a commit, branch or tag; a file that holds a
 * supergraph; a folder with another version of the project; or, by default, the merge base with the main branch.
 * @throws {CheckError} when the base cannot be found.
 */
export async function openSides(
  root: string,
  baseName: string | undefined,
  operationGlobs: readonly string[] = [],
): Promise<OpenSides> {
  const isWanted = await createWantedTest(root, operationGlobs);
  const head = await readFolder(root, 'the working tree', isWanted);
  const { base, commit } = await openBase(root, baseName, isWanted);
  return {
    base,
    head,
    findLineDate:
      commit === undefined ? undefined : async (file, line) => await findLineDate(root, commit, file, line),
  };
}

/** Reads the working tree in `root`. @throws {CheckError} when it is no folder. */
export async function openHead(root: string, operationGlobs: readonly string[] = []): Promise<FileTree> {
  return await readFolder(root, 'the working tree', await createWantedTest(root, operationGlobs));
}

/** Wanted are the project's files, and what the command line or the configuration names beside them. */
async function createWantedTest(
  root: string,
  operationGlobs: readonly string[],
): Promise<(file: string) => boolean> {
  const configured = await readConfiguredFiles(root);
  const tests = [...operationGlobs, ...configured.operations].map(compileGlob);
  return (file) => isProjectFile(file) || configured.usage.has(file) || tests.some((test) => test(file));
}

/** Nothing when there is no configuration that can be used: what is wrong with it, the check says. */
async function readConfiguredFiles(
  root: string,
): Promise<{ operations: readonly string[]; usage: ReadonlySet<string> }> {
  const text = await readFile(path.join(root, checksConfigFile), 'utf8').catch(() => '{}');
  try {
    const { operations = [], usage = [] } = checksConfigShape.parse(parseJson(text, checksConfigFile));
    return { operations, usage: new Set([usage].flat()) };
  } catch {
    return { operations: [], usage: new Set() };
  }
}

async function openBase(
  root: string,
  name: string | undefined,
  isWanted: (file: string) => boolean,
): Promise<{ base: CheckBase; commit?: string }> {
  if (name === undefined) {
    const { commit, label } = await findMergeBase(root);
    return { base: { kind: 'tree', tree: await readCommit(root, commit, label, isWanted) }, commit };
  }
  const place = path.resolve(root, name);
  const found = await stat(place).catch(() => undefined);
  if (found?.isFile())
    return { base: { kind: 'supergraph', label: name, sdl: await readFile(place, 'utf8') } };
  const commit = await resolveCommit(root, name);
  if (commit !== undefined) {
    const label = commit.startsWith(name) ? name : `${name} (${commit.slice(0, 7)})`;
    return { base: { kind: 'tree', tree: await readCommit(root, commit, label, isWanted) }, commit };
  }
  if (found?.isDirectory()) return { base: { kind: 'tree', tree: await readFolder(place, name, isWanted) } };
  throw new CheckError(
    `--base ${JSON.stringify(name)} is no commit, branch or tag here, and no file or folder either.`,
  );
}
