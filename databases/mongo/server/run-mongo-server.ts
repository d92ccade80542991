import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { destination, pino, type Logger } from 'pino';
import { DatabaseError } from '../../database-error.ts';
import {
  DOCUMENTS_ACTIONS,
  DOCUMENTS_ROLE,
  nameServiceUsers,
  OWNER_ROLES,
  type ServicePasswords,
} from '../service-users.ts';
import { mingo } from './aggregate/mingo.ts';
import { startMongoServer, type RunningMongoServer } from './start-mongo-server.ts';

/** After the first clients have logged in. */
const WARM_UP_MS = 500;

export interface RunMongoServerOptions {
  readonly folder: string;
  readonly host: string;
  readonly port: number;
  readonly service: string;
  readonly advertise: string | undefined;
  readonly replicaSet: string;
  /** The passwords come over standard input as one line of JSON, and its end stops the server. */
  readonly isSupervised: boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

function passwordOf(variable: string, environment: Readonly<Record<string, string | undefined>>): string {
  const file = environment[`${variable}_FILE`];
  const value = file === undefined ? environment[variable] : readPasswordFile(variable, file);
  if (value !== undefined && value !== '') return value;
  throw new DatabaseError(
    `The MongoDB development server has no password: set ${variable} or ${variable}_FILE.`,
  );
}

function readPasswordFile(variable: string, file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new DatabaseError(`${variable}_FILE cannot be read: ${reason}`);
  }
}

async function readInputLine(): Promise<string> {
  const lines = createInterface({ input: process.stdin });
  for await (const line of lines) return line;
  return '';
}

async function loadPasswords(options: RunMongoServerOptions): Promise<ServicePasswords> {
  const { environment, isSupervised } = options;
  if (!isSupervised) {
    return {
      owner: passwordOf('MONGO_SERVER_OWNER_PASSWORD', environment),
      service: passwordOf('MONGO_SERVER_SERVICE_PASSWORD', environment),
    };
  }
  const given: unknown = JSON.parse(await readInputLine());
  if (typeof given === 'object' && given !== null && 'owner' in given && 'service' in given) {
    return { owner: String(given.owner), service: String(given.service) };
  }
  throw new DatabaseError('Expected one line of JSON with owner and service on standard input.');
}

async function start(options: RunMongoServerOptions, log: Logger): Promise<RunningMongoServer> {
  const passwords = await loadPasswords(options);
  const { database, owner, service } = nameServiceUsers(options.service);
  const { folder, host, port, advertise, replicaSet } = options;
  return startMongoServer({
    folder,
    host,
    port,
    replicaSet,
    ...(advertise === undefined ? {} : { advertisedAddress: advertise }),
    roles: [{ role: DOCUMENTS_ROLE, db: database, actions: DOCUMENTS_ACTIONS }],
    users: [
      {
        user: owner,
        db: database,
        password: passwords.owner,
        roles: OWNER_ROLES.map((role) => ({ role, db: database })),
      },
      {
        user: service,
        db: database,
        password: passwords.service,
        roles: [{ role: DOCUMENTS_ROLE, db: database }],
      },
    ],
    log,
    onFault(error) {
      // Nothing that waits may be acknowledged, so the process ends as if the power had gone.
      log.fatal({ err: error }, 'The data folder cannot be written; the server ends');
      process.exit(1);
    },
  });
}

function printStartFailure(error: unknown, options: RunMongoServerOptions): string {
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && error.code === 'EADDRINUSE') {
    return `The port ${options.port} on ${options.host} is taken. Stop what listens there, or choose another --port.`;
  }
  if ('syscall' in error && 'path' in error) {
    return `The folder ${options.folder} cannot be used: ${error.message}. Mend its rights or choose another one.`;
  }
  return error.message;
}

/** Settles when the process is told to stop: by a signal, or by the end of its supervisor. */
function waitForStop(isSupervised: boolean): Promise<string> {
  return new Promise((resolve) => {
    process.once('SIGTERM', () => resolve('SIGTERM'));
    process.once('SIGINT', () => resolve('SIGINT'));
    if (!isSupervised) return;
    if (process.stdin.readableEnded) resolve('the end of its supervisor');
    process.stdin.once('end', () => resolve('the end of its supervisor'));
    process.stdin.once('error', () => resolve('the end of its supervisor'));
    process.stdin.resume();
  });
}

/** Runs the development server until it is told to stop: `freehold mongo-server`. */
export async function runMongoServer(options: RunMongoServerOptions): Promise<void> {
  // Written at once: a supervisor waits for the line, and a crash must not lose one.
  const log = pino({ name: 'mongo-server', base: null }, destination({ dest: 1, sync: true }));
  let server: RunningMongoServer;
  try {
    server = await start(options, log);
  } catch (error) {
    const message = printStartFailure(error, options);
    if (!options.isSupervised) throw new DatabaseError(message);
    log.fatal({ event: 'failed' }, message);
    process.exitCode = 1;
    process.stdin.destroy();
    return;
  }
  log.info(
    { event: 'listening', port: server.port, folder: options.folder },
    'This is the MongoDB development server of Freehold: for development only, not for production',
  );
  // Read while nobody waits, so that the first expression need not.
  const warmUp = setTimeout(mingo, WARM_UP_MS);
  const reason = await waitForStop(options.isSupervised);
  clearTimeout(warmUp);
  await server.close();
  log.info(`Stopped by ${reason}`);
  process.stdin.destroy();
}
