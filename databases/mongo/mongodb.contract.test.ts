import { MongoDBContainer, type StartedMongoDBContainer } from '@testcontainers/mongodb';
import { MongoClient } from 'mongodb';

import { type Connect, type MongoUnderTest } from './contract/contract-context.ts';
import { describeMongoContract } from './contract/describe-mongo-contract.ts';

const DATABASE = 'freehold_contract';
const LOGIN = { user: 'contract', password: 'secret', authSource: 'admin' };

/** Connects as the administrator of a URL such as `mongodb://user:password@host:port/?directConnection=true`. */
async function connectTo(url: string, end: () => Promise<void>): Promise<MongoUnderTest> {
  const client = await new MongoClient(url, { serverSelectionTimeoutMS: 10_000 }).connect();
  const { options } = client;
  const [host] = options.hosts;
  const { credentials } = options;
  return {
    client,
    database: DATABASE,
    address: `mongodb://${host?.toString() ?? ''}`,
    user: credentials?.username ?? '',
    password: credentials?.password ?? '',
    authSource: credentials?.source ?? 'admin',
    async close() {
      await client.db(DATABASE).dropDatabase();
      await client.close();
      await end();
    },
  };
}

async function startContainer(): Promise<StartedMongoDBContainer | string> {
  try {
    return await new MongoDBContainer('mongo:8')
      .withUsername(LOGIN.user)
      .withPassword(LOGIN.password)
      .start();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const connect: Connect = async () => {
  const url = process.env['MONGODB_TEST_URL'];
  if (url !== undefined && url !== '') return await connectTo(url, async () => undefined);
  const container = await startContainer();
  if (typeof container === 'string') {
    return { skip: `no MONGODB_TEST_URL, and no container of mongo:8: ${container}` };
  }
  const { user, password } = LOGIN;
  const place = `${container.getHost()}:${container.getMappedPort(27_017)}`;
  return await connectTo(
    `mongodb://${user}:${password}@${place}/?directConnection=true&authSource=admin`,
    async () => {
      await container.stop();
    },
  );
};

describeMongoContract('a real MongoDB', connect);
