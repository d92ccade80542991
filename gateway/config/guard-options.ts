import { z } from 'zod';

const limit = z.int().min(0);

/** The options of the guards, in the order in which a request meets them. For every limit, 0 is off. */
export const guardOptions = {
  requestsInFlightMax: limit
    .default(1000)
    .describe(
      'Most operations in flight; one more is shed at once with OVERLOADED and Retry-After, before its body is read. 0 is off.',
    ),
  rateLimitPerSecond: z
    .number()
    .min(0)
    .default(0)
    .describe(
      'Most requests a second by client address (of IPv6: by network, 64 bits), on average; more are refused with RATE_LIMITED. 0 is off.',
    ),
  rateLimitBurst: z
    .int()
    .min(1)
    .default(100)
    .describe('Requests that a client may send at once before `rateLimitPerSecond` counts.'),
  trustedProxies: limit
    .default(0)
    .describe(
      "Proxies in front of the gateway that write X-Forwarded-For; the outermost one's entry is then the client's address. 0: the connection's address.",
    ),
  bodyBytesMax: z
    .int()
    .min(1)
    .default(1_048_576)
    .describe('Largest request body in bytes; a larger one is refused with BODY_TOO_LARGE, unread.'),
  batchMax: limit
    .default(0)
    .describe(
      'Most operations in one request body; more are refused with BATCH_LIMIT. 0: a body is one operation.',
    ),
  variablesDepthMax: limit
    .default(50)
    .describe(
      'Deepest nesting of lists and objects in variables; more is refused with VARIABLES_DEPTH_LIMIT. 0 is off.',
    ),
  trustedDocuments: z
    .enum(['off', 'log', 'enforce'])
    .default('off')
    .describe(
      '`enforce` answers the documents of `trustedDocumentsFile` alone, by id or by text; `log` answers all and logs the others.',
    ),
  trustedDocumentsFile: z
    .string()
    .min(1)
    .optional()
    .describe(
      'The manifest of trusted documents, in the format `apollo-persisted-query-manifest`, version 1.',
    ),
  automaticPersistedQueries: z
    .boolean()
    .default(true)
    .describe(
      'Lets clients register a document and name it by its hash later (APQ); kept in memory, at most 30 MB. Off while `trustedDocuments` is "enforce".',
    ),
  tokensMax: limit
    .default(5000)
    .describe('Most tokens in a document; the parser stops there with TOKEN_LIMIT. 0 is off.'),
  selectionsMax: limit
    .default(5000)
    .describe(
      'Most fields and fragments that an operation selects with its fragments spread out; more are refused with SELECTION_LIMIT. 0 is off.',
    ),
  depthMax: limit
    .default(20)
    .describe(
      'Most levels of fields, introspection not counted; more are refused with DEPTH_LIMIT. 0 is off.',
    ),
  rootFieldsMax: limit
    .default(20)
    .describe('Most root fields in an operation; more are refused with ROOT_FIELD_LIMIT. 0 is off.'),
  aliasesMax: limit
    .default(30)
    .describe('Most aliases in an operation; more are refused with ALIAS_LIMIT. 0 is off.'),
  directivesMax: limit
    .default(50)
    .describe('Most uses of directives in an operation; more are refused with DIRECTIVE_LIMIT. 0 is off.'),
  costMax: limit
    .default(100_000)
    .describe(
      'Highest estimated cost of an operation: an object is 1, a leaf 0, `@cost` overrides both, a list multiplies what is below it; more is refused with COST_LIMIT. 0 is off.',
    ),
  costListSizeAssumed: z
    .int()
    .min(1)
    .default(10)
    .describe(
      'Items that a list is taken to have where neither `@listSize` nor an argument `first`, `last` or `limit` says.',
    ),
} as const;
