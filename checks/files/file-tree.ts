/** The files of one side of the comparison, read whole: what stands in memory can no longer change. */
export interface FileTree {
  /** For people: what this tree is, such as `4f2a1bc (merge base with main)`. */
  readonly label: string;
  /** Text by path; paths are relative to the project's root, with `/` between folders. */
  readonly files: ReadonlyMap<string, string>;
}

const skippedFolders = new Set(['node_modules', 'dist', 'client', 'coverage']);

/** Whether a folder of this name can hold no source: dependencies, build output, and what begins with a dot. */
export function isSkippedFolder(name: string): boolean {
  return skippedFolders.has(name) || name.startsWith('.');
}

/** Which files the check reads, beside the operations that a glob names. */
export function isProjectFile(path: string): boolean {
  if (path.split('/').slice(0, -1).some(isSkippedFolder)) return false;
  if (!path.includes('/')) return /\.(json|graphql)$/.test(path) && path !== 'package-lock.json';
  if (path.startsWith('subgraphs/')) return /\.(graphql|json|ts)$/.test(path) && !path.endsWith('.test.ts');
  if (path.startsWith('prisma/')) return /\.(prisma|sql|json|ts|toml)$/.test(path);
  return path.startsWith('operations/');
}
