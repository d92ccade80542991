import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

import type { DatabaseKind } from '../../databases/database.ts';
import { printProblems } from '../../gateway/supergraph/compose-supergraph.ts';
import { readBudgets, writeBudgets } from '../budget/budgets-file.ts';
import { composeProject } from '../compose-project.ts';
import { loadProject, parseProject, type Project, ProjectError } from '../project.ts';
import { addToComposeFile } from './compose-entries.ts';
import { refuseNames } from './refuse-names.ts';
import { listServiceFiles, type NewFiles } from './service-files.ts';
import { nameParts, type ServiceNames } from './service-names.ts';

export interface NewSubgraphOptions {
  /** The service's name, as it will stand in freehold.json. */
  readonly name: string;
  readonly database: DatabaseKind;
  /** The entity's type; undefined for the service's name in the singular. */
  readonly type: string | undefined;
  /** The folder of the project; default: the one that this command belongs to. */
  readonly root?: string;
}

/** Adds a service with one entity to the project, and to the graph. @throws {ProjectError} before anything is written. */
export async function runNewSubgraph({ name, database, type, root }: NewSubgraphOptions): Promise<void> {
  const project = await loadProject(root);
  const projectText = await addToProject(project, name, database);
  const names = nameParts(name, type);
  await refuseNames(names, database, project);
  const files = await formatFiles(listServiceFiles(names, database), project.root);
  const known = Object.keys(files).find((file) => existsSync(path.join(project.root, file)));
  if (known !== undefined)
    throw new ProjectError(`${known} is there already; expected a name that nothing bears.`);

  for (const [file, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(project.root, file)), { recursive: true });
    await writeFile(path.join(project.root, file), text);
  }
  await writeFile(path.join(project.root, 'freehold.json'), projectText);
  const budget = { fetches: { [name]: 1 }, statements: { [name]: 1 } };
  await writeBudgets(project.root, {
    ...(await readBudgets(project.root)),
    [`${names.type}List`]: budget,
  });
  await compose(project.root);
  const changed = await addToContainers(project, name, database);
  console.log(printNext(names, [...Object.keys(files), ...changed]));
}

/** The text of freehold.json with the service in it. @throws {ProjectError} when its name cannot be used. */
async function addToProject(project: Project, name: string, database: DatabaseKind): Promise<string> {
  const json = JSON.parse(await readFile(path.join(project.root, 'freehold.json'), 'utf8')) as {
    subgraphs: object[];
  };
  json.subgraphs.push({ name, database });
  const text = `${JSON.stringify(json, null, 2)}\n`;
  try {
    parseProject(text, project.root);
  } catch (error) {
    if (!(error instanceof ProjectError)) throw error;
    throw new ProjectError(`No service can be named ${JSON.stringify(name)}: with it, ${error.message}`, {
      cause: error,
    });
  }
  return text;
}

/** Gives the service its containers, as a service with the same kind of database has them; answers what was changed. */
async function addToContainers(project: Project, name: string, database: DatabaseKind): Promise<string[]> {
  const known = project.subgraphs.map((subgraph) => subgraph.name);
  const template = project.subgraphs.find((subgraph) => subgraph.database === database)?.name;
  if (template === undefined) return [];
  const changed: string[] = [];
  for (const file of ['docker-compose.yml', 'docker-compose.development-mongo.yml']) {
    const place = path.join(project.root, file);
    if (!existsSync(place)) continue;
    const before = await readFile(place, 'utf8');
    const added = addToComposeFile(before, { template, service: name, known });
    if (added === before) continue;
    const formatted = await formatFiles({ [file]: added }, project.root);
    await writeFile(place, formatted[file] ?? added);
    changed.push(file);
  }
  return changed;
}

/** As `npm run format` would leave them, where Prettier is installed. */
async function formatFiles(files: NewFiles, root: string): Promise<NewFiles> {
  const prettier = await import('prettier').catch(() => undefined);
  if (prettier === undefined) return files;
  const config = await prettier.resolveConfig(path.join(root, 'package.json'));
  const formatted = await Promise.all(
    Object.entries(files).map(async ([file, text]) => {
      const info = await prettier.getFileInfo(file);
      return [
        file,
        info.inferredParser === null ? text : await prettier.format(text, { ...config, filepath: file }),
      ] as const;
    }),
  );
  return Object.fromEntries(formatted);
}

async function compose(root: string): Promise<void> {
  const project = await loadProject(root);
  const outcome = await composeProject(project);
  if (outcome.kind === 'failed')
    throw new ProjectError(`The subgraphs do not compose:\n${printProblems(outcome.errors)}`);
  await writeFile(project.supergraphFile, `${outcome.supergraphSdl.trim()}\n`);
}

function printNext({ service, type }: ServiceNames, files: readonly string[]): string {
  return [
    `The service ${service} owns ${type}; it is in freehold.json and in the supergraph.`,
    '',
    ...files.map((file) => `  ${file}`),
    '',
    'Next:',
    '  npm start                                          # builds, makes its database, starts all',
    `  npx freehold explain operations/${service}.graphql`,
    `  npm run build && npx vitest run subgraphs/${service}`,
    '  npx freehold budget --update --mutations           # for each new document under operations/, on a fresh shop',
  ].join('\n');
}
