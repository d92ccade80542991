import { identityHeader, signatureHeader, type SignRequest } from '../auth/sign-request.ts';
import type { Endpoint } from './send-http.ts';

/**
 * Signs every request to one URL of a subgraph. It stands innermost: a request that waited, or is sent again, has a
 * time and a nonce of its own, and the path is known.
 */
export function signRequests(service: string, endpoint: Endpoint, sign: SignRequest): Endpoint {
  const { pathname, search } = new URL(endpoint.url);
  const path = pathname + search;
  return {
    url: endpoint.url,
    send: (request) => {
      const { body, headers } = request;
      const identity = headers[identityHeader];
      const signature = sign({ service, method: 'POST', path, identity, body });
      return endpoint.send({ ...request, headers: { ...headers, [signatureHeader]: signature } });
    },
    close: () => endpoint.close(),
  };
}
