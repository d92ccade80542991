import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { type DocumentNode, execute, parse } from 'graphql';

import {
  type DeclarativeSubgraph,
  type SubgraphData,
  createDeclarativeSubgraph,
} from './declarative-subgraph.ts';

/** A request as it reached a subgraph. */
export interface SubgraphRequest {
  readonly subgraph: string;
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** Answers a request instead of the subgraph; `false` leaves it to the subgraph. */
export type Interference = (
  request: SubgraphRequest,
  response: ServerResponse,
  answer: () => Promise<string>,
) => boolean | Promise<boolean>;

/** Subgraphs that run over HTTP on ports of their own. */
export interface SubgraphHost {
  readonly urls: Readonly<Record<string, string>>;
  /** The requests since the last `clear`, in the order of arrival. */
  readonly requests: readonly SubgraphRequest[];
  clear(): void;
  /** Gives every subgraph new data (none for one that is left out) and forgets the requests so far. */
  load(data: Readonly<Record<string, SubgraphData>>): void;
  /** Lets `interference` stand in front of every subgraph, or (`undefined`) takes it away. */
  interfere(interference: Interference | undefined): void;
  close(): Promise<void>;
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

class Host implements SubgraphHost {
  readonly urls: Record<string, string> = {};
  readonly #requests: SubgraphRequest[] = [];
  readonly #subgraphs = new Map<string, DeclarativeSubgraph>();
  readonly #servers: Server[] = [];
  readonly #documents = new Map<string, DocumentNode>();
  #interference: Interference | undefined;

  get requests(): readonly SubgraphRequest[] {
    return this.#requests;
  }

  clear(): void {
    this.#requests.length = 0;
  }

  load(data: Readonly<Record<string, SubgraphData>>): void {
    for (const name of Object.keys(data)) {
      if (!this.#subgraphs.has(name)) throw new Error(`There is data for "${name}", but no such subgraph`);
    }
    for (const [name, subgraph] of this.#subgraphs) subgraph.load(data[name] ?? {});
    this.clear();
  }

  interfere(interference: Interference | undefined): void {
    this.#interference = interference;
  }

  async serve(name: string, sdl: string): Promise<void> {
    const subgraph = createDeclarativeSubgraph(sdl);
    this.#subgraphs.set(name, subgraph);
    const server = createServer((request, response) => {
      if (request.method !== 'POST') {
        response.writeHead(404).end();
        return;
      }
      this.#answer(name, subgraph, request, response).catch((error: unknown) => {
        if (!response.headersSent) response.writeHead(500);
        response.end(String(error));
      });
    });
    // A test ends its servers itself; an idle connection must never race with the engine's next request.
    server.keepAliveTimeout = 0;
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    this.#servers.push(server);
    this.urls[name] = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
  }

  async #answer(
    name: string,
    subgraph: DeclarativeSubgraph,
    incoming: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const body = JSON.parse(await readBody(incoming)) as { query: string; variables?: Row };
    const headers = incoming.headers as Record<string, string | undefined>;
    const request = { subgraph: name, query: body.query, variables: body.variables ?? {}, headers };
    this.#requests.push(request);
    const answer = async (): Promise<string> => {
      const result = await execute({
        schema: subgraph.schema,
        document: this.#parse(body.query),
        contextValue: { headers },
        variableValues: request.variables,
        fieldResolver: subgraph.fieldResolver as never,
      });
      return JSON.stringify(result);
    };
    if (this.#interference && (await this.#interference(request, response, answer))) return;
    const text = await answer();
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
    });
    response.end(text);
  }

  #parse(query: string): DocumentNode {
    const known = this.#documents.get(query);
    if (known) return known;
    const document = parse(query);
    if (this.#documents.size > 2000) this.#documents.clear();
    this.#documents.set(query, document);
    return document;
  }

  async close(): Promise<void> {
    await Promise.all(
      this.#servers.map(
        (server) =>
          new Promise<void>((resolve) => {
            server.close(() => {
              resolve();
            });
            server.closeAllConnections();
          }),
      ),
    );
  }
}

type Row = Readonly<Record<string, unknown>>;

/** Starts one HTTP server a subgraph, each on a free port of 127.0.0.1. */
export async function startSubgraphHost(sdlByName: Readonly<Record<string, string>>): Promise<SubgraphHost> {
  const host = new Host();
  for (const [name, sdl] of Object.entries(sdlByName)) await host.serve(name, sdl);
  return host;
}
