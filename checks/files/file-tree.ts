/** The files of one side of the comparison, read whole: what stands in memory can no longer change. */
export interface FileTree {
  /** For people: what this tree is, such as `4f2a1bc (merge base with main)`. */
  readonly label: string;
  /** Text by path; paths are relative to the project's root, with `/` between folders. */
  readonly files: ReadonlyMap<string, string>;
}

/** Whether a folder of this name is never read, whatever a glob says: dependencies, and what begins with a dot. */
export function isSkippedFolder(name: string): boolean {
  return name === 'node_modules' || name.startsWith('.');
}

const generatedFolders = new Set(['dist', 'client', 'coverage']);

/** What is built or generated, unless it is the name of a service or client: `operations/client`. */
function isGeneratedFolder(name: string, depth: number): boolean {
  return depth !== 1 && generatedFolders.has(name);
}

/** Which files the check reads, beside the operations that a glob names. */
export function isProjectFile(path: string): boolean {
  const folders = path.split('/').slice(0, -1);
  if (folders.some((name, depth) => isSkippedFolder(name) || isGeneratedFolder(name, depth))) return false;
  if (!path.includes('/')) return /\.(json|graphql)$/.test(path) && path !== 'package-lock.json';
  if (path.startsWith('subgraphs/')) return /\.(graphql|json|ts)$/.test(path) && !path.endsWith('.test.ts');
  if (path.startsWith('prisma/')) return /\.(prisma|sql|json|ts|toml)$/.test(path);
  return path.startsWith('operations/');
}
