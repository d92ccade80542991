import type { IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';

import type { GatewayConfig } from '../config/gateway-config.ts';
import { RequestError } from '../errors.ts';
import { LruMap } from './lru-map.ts';

interface Bucket {
  tokens: number;
  readAtMs: number;
}

/** Clients whose rate is known at a time; beyond, the one that was quiet for longest starts anew. */
const clientsMax = 10_000;

export type RateLimitOptions = Pick<
  GatewayConfig,
  'rateLimitPerSecond' | 'rateLimitBurst' | 'trustedProxies'
>;

/**
 * Limits requests by client (an IPv4 address, an IPv6 network) with a token bucket each: `rateLimitBurst` at once, `rateLimitPerSecond` after
 * that. Answers a check that throws RATE_LIMITED, with the time after which the next request passes.
 */
export function makeRateLimit(
  options: RateLimitOptions,
  nowMs: () => number = () => performance.now(),
): (request: IncomingMessage) => void {
  const { rateLimitPerSecond: rate, rateLimitBurst: burst } = options;
  if (rate === 0) return () => undefined;
  const buckets = new LruMap<string, Bucket>(clientsMax);
  return (request) => {
    const client = networkOf(findClientAddress(request, options.trustedProxies));
    const now = nowMs();
    let bucket = buckets.get(client);
    if (bucket === undefined) {
      bucket = { tokens: burst, readAtMs: now };
      buckets.set(client, bucket);
    }
    bucket.tokens = Math.min(burst, bucket.tokens + ((now - bucket.readAtMs) / 1000) * rate);
    bucket.readAtMs = now;
    if (bucket.tokens < 1) {
      const retryAfterS = Math.max(1, Math.ceil((1 - bucket.tokens) / rate));
      throw new RequestError('RATE_LIMITED', `More than ${rate} requests a second.`, { retryAfterS });
    }
    bucket.tokens -= 1;
  };
}

/**
 * What counts as one client: an IPv4 address, or the 64 bits of an IPv6 address that name its network, because whoever
 * has one address of such a network has all of them (RFC 4291, 2.5.4). A port, which some proxies add, is left out.
 */
export function networkOf(address: string): string {
  const [, bracketed, withPort] = /^\[([^\]]*)\](?::\d+)?$|^([\d.]+):\d+$/.exec(address) ?? [];
  const [host = ''] = (bracketed ?? withPort ?? address).split('%');
  if (!isIPv6(host)) return host;
  const { hostname } = new URL(`http://[${host}]`);
  // As the URL standard writes it: shortest form, no IPv4 part. What stands for `::` is as many zeros as are missing.
  const [before = '', after] = hostname.slice(1, -1).split('::');
  const head = before === '' ? [] : before.split(':');
  const tail = after === undefined || after === '' ? [] : after.split(':');
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => '0');
  const groups = [...head, ...zeros, ...tail];
  const isMapped = groups.slice(0, 6).join(':') === '0:0:0:0:0:ffff';
  return isMapped ? ipv4Of(groups.slice(6)) : `${groups.slice(0, 4).join(':')}::/64`;
}

function ipv4Of(groups: readonly string[]): string {
  return groups
    .map((group) => Number.parseInt(group, 16))
    .flatMap((word) => [word >> 8, word & 255])
    .join('.');
}

/**
 * The address of the client: the connection's, or with `trustedProxies` the entry of X-Forwarded-For that the
 * outermost trusted proxy wrote. What stands before that entry is the client's own word, and is not read.
 */
export function findClientAddress(request: IncomingMessage, trustedProxies: number): string {
  const own = request.socket.remoteAddress ?? '';
  if (trustedProxies === 0) return own;
  const header = request.headers['x-forwarded-for'];
  const entries = (Array.isArray(header) ? header.join(',') : (header ?? '')).split(',');
  return entries[entries.length - trustedProxies]?.trim() || own;
}
