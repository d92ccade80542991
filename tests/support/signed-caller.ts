import {
  identityHeader,
  makeSigner,
  parseMasterKey,
  printIdentity,
  printServiceKeys,
  signatureHeader,
} from '../../gateway/auth/sign-request.ts';
import { parseServiceKeys, type ServiceKeys } from '../../subgraphs/kit/signature/service-keys.ts';

/** Who asks in a test. */
export interface TestCaller {
  readonly subject?: string;
  readonly username?: string;
  readonly scopes?: readonly string[];
}

/** The master key of a gateway under test. */
export const testMasterKey = `test:${Buffer.alloc(32, 1).toString('base64url')}`;
const sign = makeSigner(parseMasterKey(testMasterKey));

/** The keys of a service under test. */
export function makeTestKeys(service: string): ServiceKeys {
  return parseServiceKeys(printServiceKeys([testMasterKey], service));
}

/** The headers with which the gateway would send this body to a service, in the caller's name. */
export function signAs(
  service: string,
  caller: TestCaller | undefined,
  body: string,
  path = '/graphql',
): Record<string, string> {
  const identity =
    caller &&
    printIdentity({
      subject: caller.subject,
      username: caller.username,
      scopes: new Set(caller.scopes),
      policies: new Set(),
    });
  return {
    [signatureHeader]: sign({ service, method: 'POST', path, identity, body }),
    ...(identity !== undefined && { [identityHeader]: identity }),
  };
}
