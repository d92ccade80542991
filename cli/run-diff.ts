import { openSides } from '../checks/open-sides.ts';
import { diffApi, printDifferences } from '../checks/registry/diff-api.ts';

/** Prints the differences and answers the exit code: 0, or 2 when it could not run. */
export async function runDiffCommand(
  root: string,
  options: { readonly base?: string; readonly format: 'text' | 'json' },
  output: { write(text: string): void; fail(text: string): void },
): Promise<number> {
  try {
    const { base, head } = await openSides(root, options.base);
    const differences = await diffApi(base, head);
    output.write(
      options.format === 'json'
        ? `${JSON.stringify(differences, undefined, 2)}\n`
        : printDifferences(differences),
    );
    return 0;
  } catch (error) {
    output.fail(`freehold diff could not run: ${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  }
}
