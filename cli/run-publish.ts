import { mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { catalogue } from '../checks/catalogue.ts';
import { runCheck } from '../checks/check.ts';
import { checksConfigFile, parseChecksConfig } from '../checks/config/checks-config.ts';
import { openHead, openSides } from '../checks/open-sides.ts';
import { defaultOperationGlobs } from '../checks/operations/load-operations.ts';
import { loadSnapshot } from '../checks/project/snapshot.ts';
import { buildPublication } from '../checks/registry/build-publication.ts';
import { isBreaking } from '../checks/report/describe-finding.ts';
import { printText } from '../checks/report/print-text.ts';

/**
 * Publishes from the merged tree: composes, judges that against what is published, and writes only when nothing breaks.
 * A check of a pull request and the merge that follows may see different trees; this sees the one that is deployed.
 * Answers the exit code: 0, 1 (something breaks, or `verify` found a stale file) or 2 (could not run).
 */
export async function runPublishCommand(
  root: string,
  options: { readonly base?: string; readonly verify?: true },
  output: { write(text: string): void; fail(text: string): void },
): Promise<number> {
  try {
    const head = await openHead(root);
    const { supergraphFile, supergraphSdl } = loadSnapshot(head);
    const config = parseChecksConfig(head.files.get(checksConfigFile), catalogue);
    const base =
      options.base === undefined && supergraphSdl !== undefined
        ? ({ kind: 'supergraph', label: supergraphFile, sdl: supergraphSdl } as const)
        : options.base === undefined
          ? undefined
          : (await openSides(root, options.base)).base;
    if (base !== undefined) {
      const report = await runCheck({ base, head, now: new Date() });
      if (isBreaking(report)) {
        output.write(printText(report));
        output.fail('Nothing is published: the merged change breaks what is published now.\n');
        return 1;
      }
    }
    const files = buildPublication(head, config.operations ?? defaultOperationGlobs);
    for (const { file, summary, isChanged, text } of files) {
      const state = isChanged ? (options.verify ? 'stale' : 'written') : 'unchanged';
      if (isChanged && !options.verify) await replaceFile(path.join(root, file), text);
      output.write(`${file}: ${summary}, ${state}\n`);
    }
    return options.verify && files.some(({ isChanged }) => isChanged) ? 1 : 0;
  } catch (error) {
    output.fail(
      `freehold publish could not run: ${error instanceof Error ? error.message : String(error)}\n`,
    );
    return 2;
  }
}

/** A gateway that watches the file never sees half of it. */
async function replaceFile(file: string, text: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const next = `${file}.${process.pid}.new`;
  await writeFile(next, text);
  await rename(next, file);
}
