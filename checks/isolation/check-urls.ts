import type { Breach } from './report.ts';

/** The database of a service, as its process is given it. */
export interface ServiceDatabaseUrl {
  readonly service: string;
  readonly url: string;
}

/** Looks for URLs that point two services at one database, and for credentials that two services share. */
export function checkUrls(databases: readonly ServiceDatabaseUrl[]): Breach[] {
  const breaches: Breach[] = [];
  for (const [index, one] of databases.entries()) {
    for (const other of databases.slice(index + 1)) {
      const where = `${one.service}, ${other.service}`;
      const [a, b] = [new URL(one.url), new URL(other.url)];
      if (namePlace(a) === namePlace(b)) {
        breaches.push({ name: 'SHARED_DATABASE', where, what: `both are given ${namePlace(a)}` });
      }
      if (a.password !== '' && a.password === b.password) {
        breaches.push({ name: 'SHARED_CREDENTIALS', where, what: 'their passwords are the same' });
      }
    }
  }
  return breaches;
}

/** Host, port and database of a URL; the names of this machine are one. */
export function namePlace(url: URL): string {
  const host = isLoopback(url.hostname) ? 'localhost' : url.hostname;
  const port = url.port || (url.protocol.startsWith('mongo') ? '27017' : '5432');
  return `${host}:${port}${url.pathname}`;
}

/** Whether only this machine reaches the address. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);
}
