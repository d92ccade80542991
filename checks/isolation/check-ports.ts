import { readFile } from 'node:fs/promises';

import { isLoopback, portOf, readPlaces, type ServiceDatabaseUrl } from './check-urls.ts';
import type { Breach } from './report.ts';

/** Looks at where the ports of databases on this machine listen: on loopback, and nowhere else. */
export async function checkPorts(databases: readonly ServiceDatabaseUrl[]): Promise<Breach[]> {
  const listening = await listListening();
  const ports = databases.flatMap(({ service, url }) =>
    readPlaces(url)
      .filter(({ hostname }) => isLoopback(hostname))
      .map((place) => [`the database of ${service}`, portOf(place)] as const),
  );
  return ports.flatMap(([who, port]) =>
    listening
      .filter((entry) => entry.port === port && !entry.isLoopback)
      .map(({ address }): Breach => ({
        name: 'PUBLIC_PORT',
        where: who,
        what: `port ${port} listens on ${address}`,
      })),
  );
}

interface ListeningPort {
  readonly address: string;
  readonly port: number;
  readonly isLoopback: boolean;
}

/** The state LISTEN in /proc/net/tcp (proc(5)). */
const listenState = '0A';

async function listListening(): Promise<ListeningPort[]> {
  const texts = await Promise.all(
    ['/proc/net/tcp', '/proc/net/tcp6'].map((file) => readFile(file, 'utf8').catch(() => '')),
  );
  return texts.flatMap((text) =>
    text.split('\n').flatMap((line) => {
      const [, local = '', , state] = line.trim().split(/\s+/);
      const [address = '', port = ''] = local.split(':');
      if (state !== listenState) return [];
      return [
        { address: printAddress(address), port: parseInt(port, 16), isLoopback: isLoopbackHex(address) },
      ];
    }),
  );
}

/** Addresses stand as words of four bytes in the order of this machine, which is the lowest byte first. */
function isLoopbackHex(address: string): boolean {
  if (address.length === 8) return address.endsWith('7F');
  return address === '00000000000000000000000001000000' || /^0{16}FFFF0000\w{6}7F$/.test(address);
}

function printAddress(address: string): string {
  if (/^0+$/.test(address)) return 'all interfaces';
  if (address.length !== 8) return `[${address}]`;
  return (address.match(/../g) ?? [])
    .reverse()
    .map((byte) => parseInt(byte, 16))
    .join('.');
}
