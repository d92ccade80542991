/**
 * The four subgraphs in one process, as cheap as can be: an answer is computed once and then looked up by the request's
 * body. Speaks with its parent over the process channel: `ready` with the URLs, `counts` on request.
 */
import { type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { type DocumentNode, type GraphQLSchema, execute, parse } from 'graphql';

import { buildBenchmarkSubgraphs } from './subgraph-schemas.ts';

/** What the parent asks; each is answered with the counts. */
export type SubgraphQuestion = 'count' | 'vary' | 'repeat';

/** What the parent reads. */
export type SubgraphMessage =
  | { readonly kind: 'ready'; readonly urls: Readonly<Record<string, string>> }
  | { readonly kind: 'counts'; readonly counts: Readonly<Record<string, number>> };

const counts: Record<string, number> = {};
/** While it is on, no two answers are the same bytes: a number in `extensions` counts on. */
let isVarying = false;
let answered = 0;

function vary(content: Buffer): Buffer {
  answered += 1;
  return Buffer.concat([content.subarray(0, -1), Buffer.from(`,"extensions":{"answer":${answered}}}`)]);
}

const cachedAnswersMax = 5000;

function createAnswer(schema: GraphQLSchema): (body: string) => Promise<Buffer> {
  const documents = new Map<string, DocumentNode>();
  const answers = new Map<string, Buffer>();
  return async (body) => {
    const known = answers.get(body);
    if (known) return known;
    const { query, variables } = JSON.parse(body) as { query: string; variables?: Record<string, unknown> };
    const document = documents.get(query) ?? parse(query);
    documents.set(query, document);
    const result = await execute({ schema, document, variableValues: variables ?? {} });
    const answer = Buffer.from(JSON.stringify(result));
    if (answers.size >= cachedAnswersMax) answers.clear();
    answers.set(body, answer);
    return answer;
  };
}

async function serve(name: string, schema: GraphQLSchema): Promise<string> {
  counts[name] = 0;
  const answer = createAnswer(schema);
  const respond = async (body: string, response: ServerResponse): Promise<void> => {
    const known = await answer(body);
    const content = isVarying ? vary(known) : known;
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': content.length });
    response.end(content);
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      counts[name] = (counts[name] ?? 0) + 1;
      respond(Buffer.concat(chunks).toString('utf8'), response).catch((error: unknown) => {
        response.writeHead(500);
        response.end(String(error));
      });
    });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
}

const urls: Record<string, string> = {};
for (const [name, schema] of buildBenchmarkSubgraphs()) urls[name] = await serve(name, schema);

function send(message: SubgraphMessage): void {
  process.send?.(message);
}

process.on('message', (question: SubgraphQuestion) => {
  if (question !== 'count') isVarying = question === 'vary';
  send({ kind: 'counts', counts: { ...counts } });
});
process.on('disconnect', () => process.exit(0));
send({ kind: 'ready', urls });
