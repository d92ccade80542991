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
      const { printServiceKeys } = await import('../../gateway/auth/sign-request.ts');
      const { makeContainerSecrets, makeSigningKey } = await import('../../databases/container-secrets.ts');
      const { loadProject } = await import('../project.ts');
      const { subgraphs } = await loadProject();
      const signingKey = await makeSigningKey(path.join(options.folder, 'gateway'));
      for (const { name, database } of subgraphs) {
        const isNew = await makeContainerSecrets({
          service: name,
          kind: database,
          folder: path.join(options.folder, name),
          host: `${name}-database`,
          port: database === 'postgres' ? 5432 : 27_017,
          serviceKeys: printServiceKeys([signingKey], name),
        });
        console.error(`${name}: secrets ${isNew ? 'made' : 'were there'}`);
      }
    });
}
