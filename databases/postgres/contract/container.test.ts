import { PostgreSqlContainer, type StartedPostgreSqlContainer } from '@testcontainers/postgresql';
import { Client } from 'pg';
import { expect, test } from 'vitest';

import { buildUrl, makeCredentials, nameRoles } from '../credentials.ts';
import { createRights, createRolesAndDatabase } from '../roles.ts';
import { describePostgresContract, type ContractSubject } from './postgres-contract.ts';

const image = 'postgres:17-alpine';
const roles = nameRoles('shelf');
const credentials = makeCredentials();

/** The container, or why there is none: no engine, or an image that is neither there nor can be had. */
async function startContainer(): Promise<StartedPostgreSqlContainer | string> {
  try {
    return await new PostgreSqlContainer(image)
      .withUsername(roles.admin)
      .withPassword(credentials.admin)
      .withDatabase('postgres')
      .withCommand(['postgres', '-c', 'shared_preload_libraries=pg_stat_statements'])
      .start();
  } catch (error) {
    return `no container of ${image} can be started: ${error instanceof Error ? error.message : error}`;
  }
}

async function prepare(container: StartedPostgreSqlContainer): Promise<ContractSubject> {
  const host = container.getHost();
  const port = container.getPort();
  const at = (role: string, password: string, database: string): string => {
    const url = new URL(buildUrl(role, password, port, database));
    url.hostname = host;
    return url.href;
  };
  const setUp = async (database: string, use: (client: Client) => Promise<void>): Promise<void> => {
    const client = new Client({ connectionString: at(roles.admin, credentials.admin, database) });
    await client.connect();
    try {
      await use(client);
    } finally {
      await client.end();
    }
  };
  await setUp('postgres', async (client) => await createRolesAndDatabase(client, roles, credentials));
  await setUp(roles.database, async (client) => await createRights(client, roles));
  return {
    url: at(roles.service, credentials.service, roles.database),
    ownerUrl: at(roles.owner, credentials.owner, roles.database),
    async close() {
      await container.stop();
    },
  };
}

const started = await startContainer();

test(`a container of ${image} can be started`, (context) => {
  const reason = typeof started === 'string' ? started : undefined;
  context.skip(reason !== undefined, reason);
  expect(started).toBeTypeOf('object');
});

if (typeof started !== 'string')
  describePostgresContract(`container ${image}`, async () => await prepare(started));
