import { randomBytes } from 'node:crypto';
import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

import type { DatabaseKind } from './database.ts';

export interface ContainerSecretsOptions {
  readonly service: string;
  readonly kind: DatabaseKind;
  /** Folder for this service's secrets; `owner/` and `service/` are made in it. */
  readonly folder: string;
  /** Host and port at which the service finds its database. */
  readonly host: string;
  readonly port: number;
  /** What the service knows the gateway's requests by. */
  readonly serviceKeys: string;
}

/**
 * Makes the secrets of one service's database container, once: passwords for its three roles and the URLs made of
 * them. `owner/` is for the database and its migrations, `service/` holds the service's URL alone, so that each can be
 * handed to its container as a volume of its own. Answers whether they were made now.
 */
export async function makeContainerSecrets(options: ContainerSecretsOptions): Promise<boolean> {
  const { service, kind, folder, host, port } = options;
  const ownerFolder = path.join(folder, 'owner');
  const serviceFolder = path.join(folder, 'service');
  const last = path.join(ownerFolder, 'complete');
  const isComplete = await access(last).then(
    () => true,
    () => false,
  );
  if (isComplete) return false;
  await mkdir(ownerFolder, { recursive: true });
  await mkdir(serviceFolder, { recursive: true });
  const database = service.replaceAll('-', '_');
  const owner = makePassword();
  const own = makePassword();
  const makeUrl = (role: string, password: string): string =>
    kind === 'postgres'
      ? `postgresql://${database}_${role}:${password}@${host}:${port}/${database}`
      : `mongodb://${database}_${role}:${password}@${host}:${port}/${database}?authSource=${database}&replicaSet=rs0`;
  await Promise.all([
    writeFile(path.join(ownerFolder, 'admin-password'), makePassword()),
    writeFile(path.join(ownerFolder, 'owner-password'), owner),
    writeFile(path.join(ownerFolder, 'service-password'), own),
    writeFile(path.join(ownerFolder, 'owner-url'), makeUrl('owner', owner)),
    writeFile(path.join(serviceFolder, 'url'), makeUrl('service', own)),
    writeFile(path.join(serviceFolder, 'service-keys'), options.serviceKeys),
    // MongoDB's members prove themselves to each other by this; 6 to 1024 characters of base64.
    writeFile(path.join(ownerFolder, 'replica-set-key'), randomBytes(256).toString('base64')),
  ]);
  // Last, so that a run that was cut off is done again from the start.
  await writeFile(last, '');
  return true;
}

/** The key by which the gateway signs its requests: what stands in `<folder>/signing-keys`, made when it is missing. */
export async function makeSigningKey(folder: string): Promise<string> {
  const file = path.join(folder, 'signing-keys');
  const known = await readFile(file, 'utf8').catch(() => '');
  if (known !== '') return known.trim();
  const key = `compose:${randomBytes(32).toString('base64url')}`;
  await mkdir(folder, { recursive: true });
  await writeFile(file, key);
  return key;
}

function makePassword(): string {
  return randomBytes(24).toString('base64url');
}
