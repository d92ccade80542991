import { z } from 'zod';

import { masterKeyPattern } from '../auth/sign-request.ts';

/** The options on who is asking. */
export const authOptions = {
  signingKeys: z
    .array(z.string().regex(masterKeyPattern, 'expected <key id>:<32 bytes or more in base64url>'))
    .default([])
    .describe(
      'Master keys that sign requests to services, `<key id>:<secret>`; the first signs, the others are there to rotate. None: requests are not signed. See docs/request-signatures.md.',
    ),
  jwks: z
    .array(z.string().min(1))
    .default([])
    .describe(
      'Key sets (JWKS) whose keys sign tokens: files or http(s) URLs. None: every request is anonymous, and what needs more is not answered.',
    ),
  jwtIssuer: z.string().min(1).optional().describe('The `iss` that a token must have. Default: any.'),
  jwtAudience: z.string().min(1).optional().describe('The `aud` that a token must have. Default: any.'),
  jwtAlgorithms: z
    .array(
      z.enum([
        'RS256',
        'RS384',
        'RS512',
        'PS256',
        'PS384',
        'PS512',
        'ES256',
        'ES384',
        'ES512',
        'EdDSA',
        'Ed25519',
      ]),
    )
    .min(1)
    .default(['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519'])
    .describe('Signature algorithms that a token may have. Shared secrets and `none` are never accepted.'),
  jwtClockToleranceS: z
    .int()
    .min(0)
    .max(300)
    .default(5)
    .describe('Seconds by which the clocks of issuer and gateway may differ.'),
  jwksCooldownMs: z
    .int()
    .min(0)
    .default(30_000)
    .describe('Shortest time in milliseconds between two reads of a key set for keys that it did not have.'),
  usernameClaim: z
    .string()
    .min(1)
    .default('preferred_username')
    .describe("The claim with the caller's username, which services are told beside `sub`."),
  scopesClaim: z
    .string()
    .min(1)
    .default('scope')
    .describe('The claim with the scopes for `@requiresScopes`: a text with spaces between, or a list.'),
  policiesClaim: z
    .string()
    .min(1)
    .default('policies')
    .describe('The claim with the policies that the caller fulfils, for `@policy`: as `scopesClaim`.'),
  authentication: z
    .enum(['optional', 'required'])
    .default('optional')
    .describe('`required` refuses operations without a token with UNAUTHENTICATED.'),
} as const;
