import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { Logger } from 'pino';

import { ConfigError } from '../config/gateway-config.ts';
import type { Gateway } from '../index.ts';
import { CloseNotice } from './close-notice.ts';

/** A gateway that listens. */
export interface ListeningGateway {
  readonly url: string;
  readonly port: number;
  /**
   * Stops without dropping a request: readiness says no while requests are still answered for `drainNoticeMs`, each
   * with `connection: close`; then no new connection, requests in flight end (those that take longer than
   * `drainTimeoutMs` are cut), and everything is closed. Safe to call twice.
   */
  stop(): Promise<void>;
}

/** Puts a gateway on its host and port. Rejects with a `ConfigError` that names the port when it cannot be had. */
export async function listen(gateway: Gateway, log: Logger): Promise<ListeningGateway> {
  const { host, port, drainNoticeMs, drainTimeoutMs } = gateway.config;
  const notice = new CloseNotice();
  const server = createServer((request, response) => {
    notice.watch(response);
    gateway.handle(request, response);
  });
  await openPort(server, host, port);
  const address = server.address() as AddressInfo;
  const shownHost = host === '0.0.0.0' || host === '::' ? 'localhost' : host;
  const url = `http://${shownHost.includes(':') ? `[${shownHost}]` : shownHost}:${address.port}`;
  let stopped: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    gateway.drain();
    notice.give();
    if (drainNoticeMs > 0 && (await countConnections(server)) > 0)
      await new Promise((resolve) => setTimeout(resolve, drainNoticeMs));
    const ended = new Promise<void>((resolve) => {
      // Right after the loop has looked for connections: those that wait to be accepted would be reset.
      setImmediate(() => server.close(() => resolve()));
    });
    // One over which nothing was asked yet is not idle to Node: it is closed when it has become so.
    const sweep = setInterval(() => server.closeIdleConnections(), 50);
    const timer = setTimeout(() => {
      log.warn({ drainTimeoutMs }, 'requests were still in flight when the time to drain was up');
      server.closeAllConnections();
    }, drainTimeoutMs);
    await ended;
    clearTimeout(timer);
    clearInterval(sweep);
    await gateway.close();
  };
  return { url, port: address.port, stop: () => (stopped ??= stop()) };
}

function countConnections(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.getConnections((_error, count) => resolve(count));
  });
}

/** Rejects with a `ConfigError` that names the port when nobody could listen there now. */
export async function requireFreePort(host: string, port: number): Promise<void> {
  const server = createServer();
  await openPort(server, host, port);
  await new Promise((resolve) => server.close(resolve));
}

function openPort(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(explainListenError(error, host, port)));
    server.listen(port, host, resolve);
  });
}

function explainListenError(error: NodeJS.ErrnoException, host: string, port: number): Error {
  switch (error.code) {
    case 'EADDRINUSE':
      return new ConfigError(
        `Port ${port} on ${host} is taken by another process. End that process, or choose another port with --port (0 lets the system choose).`,
      );
    case 'EACCES':
      return new ConfigError(
        `Port ${port} on ${host} may not be opened by this user; choose one above 1023 with --port.`,
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new ConfigError(`${host} is no address of this machine; choose another with --host.`);
    default:
      return error;
  }
}
