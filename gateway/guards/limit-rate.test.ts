import type { IncomingMessage } from 'node:http';

import { expect, test } from 'vitest';

import { findClientAddress, makeRateLimit, networkOf } from './limit-rate.ts';

function request(address: string, forwarded?: string): IncomingMessage {
  const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
  return { socket: { remoteAddress: address }, headers } as unknown as IncomingMessage;
}

test('a client has a burst, then its rate; another client has its own', () => {
  let now = 0;
  const check = makeRateLimit({ rateLimitPerSecond: 2, rateLimitBurst: 3, trustedProxies: 0 }, () => now);
  for (let sent = 0; sent < 3; sent += 1) check(request('a'));
  expect(() => check(request('a'))).toThrow(
    expect.objectContaining({ code: 'RATE_LIMITED', retryAfterS: 1 }) as Error,
  );
  check(request('b'));
  now = 500;
  check(request('a'));
  expect(() => check(request('a'))).toThrow('2 requests a second');
});

test('a network that one client has as a whole is one client', () => {
  const same = [
    [
      '2001:db8:1:2::1',
      '2001:db8:1:2:aaaa:bbbb:cccc:dddd',
      '2001:0DB8:0001:0002::%eth0',
      '[2001:db8:1:2::7]:443',
    ],
    ['192.0.2.7', '::ffff:192.0.2.7', '::ffff:c000:207', '192.0.2.7:51234'],
    ['::1', '::2', '0:0:0:0:1::'],
    ['unknown', 'unknown'],
  ];
  const names = same.map((addresses) => new Set(addresses.map((address) => networkOf(address))));
  expect(names.map((name) => name.size)).toEqual(same.map(() => 1));
  expect(new Set(names.flatMap((name) => [...name])).size).toBe(same.length);
  expect(networkOf('2001:db8:1:2::1')).not.toBe(networkOf('2001:db8:1:3::1'));
  expect(networkOf('192.0.2.7')).not.toBe(networkOf('192.0.2.8'));
  const check = makeRateLimit({ rateLimitPerSecond: 1, rateLimitBurst: 1, trustedProxies: 0 }, () => 0);
  check(request('2001:db8:1:2::1'));
  expect(() => check(request('2001:db8:1:2::2'))).toThrow('1 requests a second');
});

test('the address is what the outermost trusted proxy saw, never what the client says of itself', () => {
  expect(findClientAddress(request('10.0.0.1', 'forged'), 0)).toBe('10.0.0.1');
  expect(findClientAddress(request('10.0.0.1', 'forged, 192.0.2.7'), 1)).toBe('192.0.2.7');
  expect(findClientAddress(request('10.0.0.1', 'forged, 192.0.2.7, 10.0.0.2'), 2)).toBe('192.0.2.7');
  expect(findClientAddress(request('10.0.0.1'), 1)).toBe('10.0.0.1');
});
