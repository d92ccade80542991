import { createServer, type Server, type Socket, connect } from 'node:net';

import { findQuietPort } from '../support/quiet-port.ts';

/** What a proxy does with what passes. */
export type ProxyMode =
  /** Forwards it. */
  | { readonly kind: 'pass' }
  /** Accepts connections and forwards nothing, in neither direction; what came in the meantime is forwarded after. */
  | { readonly kind: 'stall' }
  /** Listens no longer, and cuts what is connected. */
  | { readonly kind: 'refuse' }
  /** Holds everything back for so long, in each direction. */
  | { readonly kind: 'slow'; readonly delayMs: number }
  /** Puts something else in the place of what the server answers. */
  | { readonly kind: 'corrupt'; readonly spoil: SpoilAnswer };

/** Makes another answer of the server's bytes; `isLast` cuts the connection after it. */
export type SpoilAnswer = (bytes: Buffer) => { readonly bytes: Buffer; readonly isLast: boolean };

/** Stands between a client and a server, on a port of its own that stays the same. */
export interface FaultProxy {
  readonly port: number;
  /** Where connections go; set before the first one. */
  target: { readonly host: string; readonly port: number } | undefined;
  setMode(mode: ProxyMode): Promise<void>;
  close(): Promise<void>;
}

/** One connection and the server's side of it. */
interface Pair {
  readonly client: Socket;
  readonly server: Socket;
}

/** Opens a proxy on a port of 127.0.0.1 that nobody is given while it is closed. */
export async function openFaultProxy(): Promise<FaultProxy> {
  const proxy = new TcpProxy(await findQuietPort());
  await proxy.listen();
  return proxy;
}

class TcpProxy implements FaultProxy {
  target: { readonly host: string; readonly port: number } | undefined;
  readonly port: number;
  #mode: ProxyMode = { kind: 'pass' };
  #server: Server | undefined;
  readonly #pairs = new Set<Pair>();

  constructor(port: number) {
    this.port = port;
  }

  listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      const server = createServer((client) => this.#accept(client));
      this.#server = server;
      server.once('error', reject);
      server.listen(this.port, '127.0.0.1', resolve);
    });
  }

  async setMode(mode: ProxyMode): Promise<void> {
    const before = this.#mode;
    this.#mode = mode;
    if (mode.kind === 'refuse') return this.#stopListening();
    if (before.kind === 'refuse') await this.listen();
    for (const { client, server } of this.#pairs)
      for (const socket of [client, server]) {
        if (mode.kind === 'stall') socket.pause();
        else if (before.kind === 'stall') socket.resume();
      }
  }

  async close(): Promise<void> {
    await this.#stopListening();
  }

  #stopListening(): Promise<void> {
    return new Promise((resolve) => {
      for (const { client, server } of this.#pairs) {
        client.resetAndDestroy();
        server.destroy();
      }
      this.#server?.close(() => resolve());
      this.#server = undefined;
    });
  }

  #accept(client: Socket): void {
    if (this.target === undefined) {
      client.destroy();
      return;
    }
    const server = connect(this.target.port, this.target.host);
    const pair: Pair = { client, server };
    this.#pairs.add(pair);
    client.setNoDelay(true);
    server.setNoDelay(true);
    const end = (): void => {
      this.#pairs.delete(pair);
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) {
      socket.on('error', end);
      socket.on('close', end);
      if (this.#mode.kind === 'stall') socket.pause();
    }
    client.on('data', (bytes) => this.#forward(bytes, server));
    server.on('data', (bytes) => {
      if (this.#mode.kind !== 'corrupt') return this.#forward(bytes, client);
      const spoilt = this.#mode.spoil(bytes);
      client.write(spoilt.bytes, () => {
        if (spoilt.isLast) end();
      });
    });
  }

  #forward(bytes: Buffer, to: Socket): void {
    const mode = this.#mode;
    if (mode.kind !== 'slow') to.write(bytes);
    else setTimeout(() => to.writable && to.write(bytes), mode.delayMs);
  }
}
