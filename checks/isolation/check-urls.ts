import type { Breach } from './report.ts';

/** The database of a service, as its process is given it. */
export interface ServiceDatabaseUrl {
  readonly service: string;
  readonly url: string;
}

/**
 * A database URL, once for each host that it names: MongoDB's may name several, which `URL` does not read.
 *
 * @throws {TypeError} when it is none
 */
export function readPlaces(url: string): [URL, ...URL[]] {
  const [, begin = '', hosts = '', end = ''] =
    /^(mongodb:\/\/(?:[^@/]*@)?)([^/?]*,[^/?]*)(.*)$/.exec(url) ?? [];
  const [first = '', ...others] = hosts.split(',').map((host) => `${begin}${host}${end}`);
  return [new URL(first || withoutLoginParameters(url)), ...others.map((other) => new URL(other))];
}

/**
 * A database URL that says in its authority what PostgreSQL also takes from its parameters (`?user=`, `?password=`,
 * `?host=`, `?port=`), which win: another user put into the authority would be passed over.
 */
export function withoutLoginParameters(given: string): string {
  if (!/^postgres(?:ql)?:/i.test(given)) return given;
  const url = new URL(given);
  const take = (name: string, use: (value: string) => void): void => {
    const value = url.searchParams.get(name);
    // A socket's folder cannot stand where a host does.
    if (value === null || value.startsWith('/')) return;
    url.searchParams.delete(name);
    use(value);
  };
  take('host', (host) => (url.hostname = host));
  take('port', (port) => (url.port = port));
  take('user', (user) => (url.username = encodeURIComponent(user)));
  take('password', (password) => (url.password = encodeURIComponent(password)));
  return url.href;
}

/** Looks for URLs that point two services at one database, and for credentials that two services share. */
export function checkUrls(databases: readonly ServiceDatabaseUrl[]): Breach[] {
  const breaches: Breach[] = [];
  for (const [index, one] of databases.entries()) {
    for (const other of databases.slice(index + 1)) {
      const where = `${one.service}, ${other.service}`;
      const [own, others] = [readPlaces(one.url), readPlaces(other.url).map(namePlace)];
      const shared = own.map(namePlace).find((place) => others.includes(place));
      if (shared !== undefined)
        breaches.push({ name: 'SHARED_DATABASE', where, what: `both are given ${shared}` });
      const { password } = own[0];
      if (password !== '' && password === readPlaces(other.url)[0].password) {
        breaches.push({ name: 'SHARED_CREDENTIALS', where, what: 'their passwords are the same' });
      }
    }
  }
  return breaches;
}

/** Host, port and database of a URL; the names of this machine are one. */
export function namePlace(url: URL): string {
  const host = isLoopback(url.hostname) ? 'localhost' : url.hostname;
  return `${host}:${portOf(url)}${url.pathname}`;
}

/** The port of a URL, or the one that its kind of database has when none is named. */
export function portOf({ port, protocol }: URL): number {
  return Number(port || (protocol.startsWith('mongo') ? '27017' : '5432'));
}

/** Whether only this machine reaches the address. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);
}
