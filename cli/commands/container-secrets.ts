import type { Command } from 'commander';

/** `freehold container-secrets`: what docker-compose.yml runs first. */
export function addContainerSecretsCommand(program: Command): void {
  program
    .command('container-secrets')
    .description(
      "Make random passwords for the services' database containers, once (docker-compose.yml runs this)",
    )
    .requiredOption('--folder <folder>', 'where to write them, one folder a service')
    .action(async (options: { folder: string }) => {
      const path = await import('node:path');
      const { makeContainerSecrets } = await import('../../databases/container-secrets.ts');
      const { loadProject } = await import('../project.ts');
      const { subgraphs } = await loadProject();
      for (const { name, database } of subgraphs) {
        const isNew = await makeContainerSecrets({
          service: name,
          kind: database,
          folder: path.join(options.folder, name),
          host: `${name}-database`,
          port: database === 'postgres' ? 5432 : 27_017,
        });
        console.error(`${name}: secrets ${isNew ? 'made' : 'were there'}`);
      }
    });
}
