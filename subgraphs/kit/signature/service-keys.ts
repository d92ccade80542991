/** Keys of a service by their ids; each came from the gateway's master key of the same id. */
export type ServiceKeys = ReadonlyMap<string, Buffer>;

/**
 * Reads the variable FREEHOLD_SERVICE_KEYS: `<key id>:<base64url>` each, with commas between. The message of its error
 * holds no part of a key.
 *
 * @throws {Error} naming the place of an entry that has another form
 */
export function parseServiceKeys(text: string): ServiceKeys {
  const keys = new Map<string, Buffer>();
  for (const [index, entry] of text.split(',').entries()) {
    const [, id, secret] = /^\s*([\w-]{1,32}):([\w-]{43,})\s*$/.exec(entry) ?? [];
    if (id === undefined || secret === undefined)
      throw new Error(
        `Entry ${index + 1} of FREEHOLD_SERVICE_KEYS has another form; expected <key id>:<32 bytes in base64url>.`,
      );
    keys.set(id, Buffer.from(secret, 'base64url'));
  }
  return keys;
}
