import { expect, test } from 'vitest';

import { ConfigError, parseGatewayConfig } from './gateway-config.ts';

function readOrigin(origin: string): unknown {
  return parseGatewayConfig({ supergraphFile: 'supergraph.graphql', corsOrigins: [origin] }).corsOrigins[0];
}

test.each([
  ['*', '*'],
  ['null', 'null'],
  ['https://shop.example', 'https://shop.example'],
  ['HTTPS://Shop.Example/', 'https://shop.example'],
  ['https://shop.example:443', 'https://shop.example'],
  ['http://shop.example:443/', 'http://shop.example:443'],
  ['https://bücher.example', 'https://xn--bcher-kva.example'],
  ['http://[::1]:3000', 'http://[::1]:3000'],
  ['chrome-extension://AbCdEf', 'chrome-extension://abcdef'],
  ['capacitor://localhost/', 'capacitor://localhost'],
  ['file://', 'file://'],
])('the origin %s is what a browser sends as %s', (given, sent) => {
  expect(readOrigin(given)).toBe(sent);
});

test.each([
  '',
  'NULL',
  'shop.example',
  'localhost:3000',
  '//shop.example',
  'https://',
  'https://shop.example/shop',
  'https://shop.example//',
  'https://shop.example?a',
  'https://anna@shop.example',
  'https://*.shop.example',
  'https://shop.example, https://other.example',
  ' https://shop.example',
  'https://shop.example:70000',
])('%j is no origin, and refused as such', (given) => {
  const read = (): unknown => readOrigin(given);
  expect(read).toThrow(ConfigError);
  expect(read).toThrow(
    `- corsOrigins.0: expected "*", "null" or an origin such as "https://shop.example:8443", found ${JSON.stringify(given)}`,
  );
});
