import { spawn } from 'node:child_process';

import { CheckError } from '../check-error.ts';
import type { FileTree } from './file-tree.ts';

/** Runs git in `root`. Answers undefined when git says no; @throws {CheckError} when there is no git to run. */
async function runGit(root: string, args: readonly string[], input = ''): Promise<Buffer | undefined> {
  const child = spawn('git', args, { cwd: root, stdio: ['pipe', 'pipe', 'ignore'] });
  const output: Buffer[] = [];
  child.stdout.on('data', (part: Buffer) => output.push(part));
  // A git that ends early closes its input; the exit code tells what happened.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', (error) => {
      reject(new CheckError(`Cannot run git in ${root}: ${error.message}.`, { cause: error }));
    });
    child.once('close', resolve);
  });
  return code === 0 ? Buffer.concat(output) : undefined;
}

async function readLine(root: string, args: readonly string[]): Promise<string | undefined> {
  const text = (await runGit(root, args))?.toString('utf8').trim();
  return text === '' ? undefined : text;
}

/** The commit that a name stands for, or undefined when git knows no such name here. */
export async function resolveCommit(root: string, name: string): Promise<string | undefined> {
  return await readLine(root, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`]);
}

/** What the check compares with when nobody says: the merge base of HEAD and the main branch. */
export async function findMergeBase(root: string): Promise<{ commit: string; label: string }> {
  if ((await resolveCommit(root, 'HEAD')) === undefined)
    throw new CheckError(
      `${root} is not in a git repository with a commit, so there is nothing to compare with. Give --base a commit, a supergraph file or a folder.`,
    );
  const remoteHead = await readLine(root, ['symbolic-ref', '--quiet', '--short', 'refs/remotes/origin/HEAD']);
  const candidates = [remoteHead, 'origin/main', 'origin/master', 'main', 'master'];
  for (const branch of candidates) {
    if (branch === undefined || (await resolveCommit(root, branch)) === undefined) continue;
    const commit = await readLine(root, ['merge-base', 'HEAD', branch]);
    if (commit === undefined)
      throw new CheckError(
        `HEAD and ${branch} have no common commit here. A shallow clone has too little history: fetch more (in GitHub Actions "fetch-depth: 0"), or give --base.`,
      );
    return { commit, label: `${commit.slice(0, 7)} (merge base with ${branch})` };
  }
  throw new CheckError(
    'No main branch found: expected origin/HEAD, origin/main, origin/master, main or master. Give --base a commit, a supergraph file or a folder.',
  );
}

/** Reads the wanted files of a commit without a checkout. `root` may be a folder within the repository. */
export async function readCommit(
  root: string,
  commit: string,
  label: string,
  isWanted: (file: string) => boolean,
): Promise<FileTree> {
  // Without --full-tree, ls-tree lists the folder it runs in, with paths relative to it.
  const listing = await runGit(root, ['ls-tree', '-r', '-z', commit]);
  if (listing === undefined) throw new CheckError(`Cannot list the files of commit ${commit} in ${root}.`);
  const entries = listing
    .toString('utf8')
    .split('\0')
    .flatMap((line) => {
      const match = /^100\d{3} blob ([0-9a-f]+)\t(.+)$/s.exec(line);
      const [, object, file] = match ?? [];
      return object !== undefined && file !== undefined && isWanted(file) ? [{ object, file }] : [];
    });
  const request = entries.map(({ object }) => `${object}\n`).join('');
  const contents = await runGit(root, ['cat-file', '--batch'], request);
  if (contents === undefined) throw new CheckError(`Cannot read the files of commit ${commit} in ${root}.`);
  return { label, files: splitBatch(entries, contents) };
}

/** `git cat-file --batch` writes, for each object: name, kind and size on a line, the bytes, a newline. */
function splitBatch(entries: readonly { file: string }[], contents: Buffer): Map<string, string> {
  const files = new Map<string, string>();
  let at = 0;
  for (const { file } of entries) {
    const lineEnd = contents.indexOf(10, at);
    const size = Number(contents.toString('latin1', at, lineEnd).split(' ')[2]);
    if (!Number.isInteger(size))
      throw new CheckError(`Cannot read ${file} from git: the object is missing here.`);
    files.set(file, contents.toString('utf8', lineEnd + 1, lineEnd + 1 + size));
    at = lineEnd + 1 + size + 1;
  }
  return files;
}

/** When a line of a commit was written, or undefined when git cannot tell. */
export async function findLineDate(
  root: string,
  commit: string,
  file: string,
  line: number,
): Promise<Date | undefined> {
  const text = await runGit(root, ['blame', '--porcelain', '-L', `${line},${line}`, commit, '--', file]);
  const seconds = /^committer-time (\d+)$/m.exec(text?.toString('utf8') ?? '')?.[1];
  return seconds === undefined ? undefined : new Date(Number(seconds) * 1000);
}
