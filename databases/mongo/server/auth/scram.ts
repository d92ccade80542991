import { createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto';

/** What a server keeps of a password (RFC 5802, RFC 7677): enough to check it, not to know it. */
export interface ScramCredential {
  readonly salt: string;
  readonly iterations: number;
  readonly storedKey: string;
  readonly serverKey: string;
}

/** MongoDB's own iteration count for SCRAM-SHA-256. */
const ITERATIONS = 15_000;

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

/** Derives what is kept of a password. Only ASCII, because SASLprep changes nothing there. */
export function deriveCredential(password: string): ScramCredential {
  if (!/^[\x20-\x7e]+$/.test(password)) {
    throw new RangeError('A password of the development server has printable ASCII only');
  }
  const salt = randomBytes(28);
  const salted = pbkdf2Sync(password, salt, ITERATIONS, 32, 'sha256');
  return {
    salt: salt.toString('base64'),
    iterations: ITERATIONS,
    storedKey: createHash('sha256').update(hmac(salted, 'Client Key')).digest('base64'),
    serverKey: hmac(salted, 'Server Key').toString('base64'),
  };
}

// An unknown user is walked through the same exchange, so that names cannot be probed.
const unknownUserKey = randomBytes(32);

function credentialOfNobody(name: string): ScramCredential {
  const derived = (label: string) => hmac(unknownUserKey, `${label}:${name}`);
  return {
    salt: derived('salt').subarray(0, 28).toString('base64'),
    iterations: ITERATIONS,
    storedKey: derived('stored').toString('base64'),
    serverKey: derived('server').toString('base64'),
  };
}

function attributesOf(message: string): Map<string, string> {
  return new Map(message.split(',').map((part) => [part.slice(0, 1), part.slice(2)]));
}

/** A running exchange between the client's first and final message. */
export interface ScramExchange {
  readonly user: string;
  readonly firstReply: string;
  /** Checks the client's final message: the server's final message, or `null` for a wrong proof. */
  finish(clientFinal: string): string | null;
}

/** Starts an exchange; `null` when the client's first message is malformed. */
export function startScram(
  clientFirst: string,
  find: (user: string) => ScramCredential | undefined,
): ScramExchange | null {
  const match = /^n,[^,]*,(n=([^,]+),r=([^,]+).*)$/s.exec(clientFirst);
  if (match === null) return null;
  const [, bare = '', encodedUser = '', clientNonce = ''] = match;
  const user = encodedUser.replaceAll('=2C', ',').replaceAll('=3D', '=');
  const known = find(user);
  const credential = known ?? credentialOfNobody(user);
  const nonce = clientNonce + randomBytes(24).toString('base64');
  const firstReply = `r=${nonce},s=${credential.salt},i=${credential.iterations}`;
  return {
    user,
    firstReply,
    finish(clientFinal) {
      const attributes = attributesOf(clientFinal);
      const withoutProof = clientFinal.replace(/,p=[^,]*$/, '');
      if (attributes.get('r') !== nonce || attributes.get('c') !== 'biws') return null;
      const authMessage = `${bare},${firstReply},${withoutProof}`;
      const storedKey = Buffer.from(credential.storedKey, 'base64');
      const signature = hmac(storedKey, authMessage);
      const proof = Buffer.from(attributes.get('p') ?? '', 'base64');
      if (proof.length !== signature.length) return null;
      const clientKey = Buffer.from(proof.map((byte, index) => byte ^ (signature[index] ?? 0)));
      const isRight = timingSafeEqual(createHash('sha256').update(clientKey).digest(), storedKey);
      if (!isRight || known === undefined) return null;
      return `v=${hmac(Buffer.from(credential.serverKey, 'base64'), authMessage).toString('base64')}`;
    },
  };
}
