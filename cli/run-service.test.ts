import { expect, test } from 'vitest';

import { printServiceKeys } from '../gateway/auth/sign-request.ts';
import { readSigningKeys } from './run-service.ts';

const keys = printServiceKeys([`key-1:${Buffer.alloc(32, 1).toString('base64url')}`], 'orders');

test('a service takes the keys that its requests are signed with', () => {
  const found = readSigningKeys('orders', false, { FREEHOLD_SERVICE_KEYS: keys });
  expect([...(found ?? new Map()).keys()]).toEqual(['key-1']);
});

test.each([{}, { NODE_ENV: 'production' }, { NODE_ENV: 'development' }, { FREEHOLD_SERVICE_KEYS: '' }])(
  'without keys a service refuses to start, in the environment %o, unless that is meant',
  (environment) => {
    expect(() => readSigningKeys('orders', false, environment)).toThrow(
      /^FREEHOLD_SERVICE_KEYS is not set: .* service orders .*--allow-unsigned/,
    );
    expect(readSigningKeys('orders', true, environment)).toBeUndefined();
  },
);

test('keys and leave to do without them contradict each other', () => {
  expect(() => readSigningKeys('orders', true, { FREEHOLD_SERVICE_KEYS: keys })).toThrow(
    /^Both FREEHOLD_SERVICE_KEYS and --allow-unsigned/,
  );
});
