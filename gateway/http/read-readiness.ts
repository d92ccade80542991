import { request } from 'undici';

import type { GatewayConfig } from '../config/gateway-config.ts';

/** Whether a service can answer, as the gateway sees it. */
export interface ServiceReadiness {
  readonly status: 'ready' | 'unavailable';
  /** What is the matter, for people; it names the service, never its insides. */
  readonly reason?: string;
}

/** What the gateway can answer with the services as they are. */
export interface GraphReadiness {
  /** `degraded`: some services are unavailable, and their fields are null. `unavailable`: all of them. */
  readonly status: 'ready' | 'degraded' | 'unavailable';
  readonly services: Readonly<Record<string, ServiceReadiness>>;
}

// A service gives its database a second.
const timeoutMs = 1500;
const bodyBytesMax = 16 * 1024;

/** How long an answer is given again, in milliseconds: anybody may ask, and the services are to have their peace. */
const freshMs = 250;

/** Where each subgraph tells of its readiness: `/ready` beside its graph, at each of its URLs. */
export function listReadinessUrls(
  { subgraphUrls, subgraphReplicas }: Pick<GatewayConfig, 'subgraphUrls' | 'subgraphReplicas'>,
  subgraphs: readonly { readonly name: string; readonly url: string }[],
): ReadonlyMap<string, readonly string[]> {
  return new Map(
    subgraphs.map(({ name, url }) => {
      const urls = subgraphReplicas[name] ?? [subgraphUrls[name] ?? url];
      return [name, urls.map((one) => new URL('/ready', one).href)];
    }),
  );
}

/**
 * Asks every service, side by side, whether it is ready. A service of ours says in its answer whether its database is;
 * one that knows no `/ready` is taken to be ready when it speaks HTTP.
 */
export function makeReadinessCheck(
  listUrls: () => ReadonlyMap<string, readonly string[]>,
  now: () => number = () => performance.now(),
): () => Promise<GraphReadiness> {
  let last: { readonly answer: Promise<GraphReadiness>; isFreshUntil: number } | undefined;
  return () => {
    if (last !== undefined && now() < last.isFreshUntil) return last.answer;
    const answer = readAll(listUrls());
    const asked = { answer, isFreshUntil: Infinity };
    last = asked;
    void answer.then(() => {
      asked.isFreshUntil = now() + freshMs;
    });
    return answer;
  };
}

async function readAll(urls: ReadonlyMap<string, readonly string[]>): Promise<GraphReadiness> {
  const services = await Promise.all(
    [...urls].map(async ([name, replicas]) => {
      const found = await Promise.all(replicas.map((url) => readOne(name, url)));
      // One replica that answers is enough.
      return [name, found.find(({ status }) => status === 'ready') ?? found[0] ?? isReady] as const;
    }),
  );
  const ready = services.filter(([, { status }]) => status === 'ready').length;
  const status = ready === services.length ? 'ready' : ready === 0 ? 'unavailable' : 'degraded';
  return { status, services: Object.fromEntries(services) };
}

const isReady: ServiceReadiness = { status: 'ready' };

async function readOne(service: string, url: string): Promise<ServiceReadiness> {
  const unavailable = (reason: string): ServiceReadiness => ({ status: 'unavailable', reason });
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const { statusCode, headers, body } = await request(url, { signal, reset: true });
    const text = await readText(body);
    const isJson = String(headers['content-type'] ?? '').includes('json');
    const answer = isJson ? parse(text) : {};
    if (answer === undefined) return unavailable(`The service ${service} answers what cannot be read.`);
    if (statusCode < 500) return isReady;
    return unavailable(
      answer['database'] === 'unavailable'
        ? `The database of ${service} does not answer.`
        : `The service ${service} says that it is not ready.`,
    );
  } catch (error) {
    return unavailable(
      error instanceof Error && error.name === 'TimeoutError'
        ? `The service ${service} did not answer within ${timeoutMs} ms.`
        : `The service ${service} cannot be reached.`,
    );
  }
}

async function readText(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > bodyBytesMax) break;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parse(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
