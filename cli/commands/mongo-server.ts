import { type Command, Option } from 'commander';

import { parsePort } from './gateway.ts';

interface MongoServerOptions {
  readonly folder: string;
  readonly port: number;
  readonly host: string;
  readonly service: string;
  readonly advertise?: string;
  readonly replicaSet: string;
  readonly supervised?: true;
  readonly mongod?: string;
}

/** `freehold mongo-server`: the development server that speaks MongoDB's protocol, alone. */
export function addMongoServerCommand(program: Command): void {
  program
    .command('mongo-server')
    .description("Run the development server that speaks MongoDB's wire protocol (not for production)")
    .requiredOption('--folder <dir>', 'its data folder; made when missing')
    .requiredOption('--service <name>', 'the service it is for: names the database and its two users')
    .option('--port <number>', 'port to listen on; 0 lets the system choose', parsePort, 27_017)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--advertise <host:port>', 'how clients reach it, when that differs from host and port')
    .option('--replica-set <name>', 'name of its replica set of one', 'rs0')
    .addOption(new Option('--supervised', 'passwords over standard input, whose end stops it').hideHelp())
    .addOption(new Option('--mongod <file>', 'guard this mongod instead').hideHelp())
    .argument('[args...]', 'arguments of a guarded mongod')
    .addHelpText(
      'after',
      '\nPasswords of the users <service>_owner and <service>_service come from the environment:\n' +
        '  MONGO_SERVER_OWNER_PASSWORD or MONGO_SERVER_OWNER_PASSWORD_FILE\n' +
        '  MONGO_SERVER_SERVICE_PASSWORD or MONGO_SERVER_SERVICE_PASSWORD_FILE',
    )
    .action(async (args: string[], options: MongoServerOptions) => {
      if (options.mongod !== undefined) {
        const { guardMongod } = await import('../../databases/mongo/mongod/guard-mongod.ts');
        await guardMongod(options.mongod, args);
        return;
      }
      const { runMongoServer } = await import('../../databases/mongo/server/run-mongo-server.ts');
      await runMongoServer({
        folder: options.folder,
        host: options.host,
        port: options.port,
        service: options.service,
        advertise: options.advertise,
        replicaSet: options.replicaSet,
        isSupervised: options.supervised === true,
        environment: process.env,
      });
    });
}
