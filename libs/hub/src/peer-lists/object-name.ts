/** Names by which the hub tells the objects of a list apart. */
import { keysOf, peekMembers, stringAt } from '@app/ocpi';
import { createHash } from 'node:crypto';

const OWNER_KEYS = 2;
const KEYS = keysOf('country_code', 'party_id', 'id', 'uid', 'type');
const ID = 2;
const UID = 3;
/** Two objects of 100,000 share a name of 9 bytes in one of 10^11 lists. */
const FINGERPRINT_BYTES = 9;

/** A short text that stands for a longer one. */
export function fingerprintOf(text: string | Uint8Array): string {
  return createHash('sha256').update(text).digest().toString('base64url', 0, FINGERPRINT_BYTES);
}

/**
 * The name of an object: owner, id and, of a token, type. Ids are CiString: case does not count. An object without an id
 * is named by its bytes.
 */
export function nameOf(object: Uint8Array): string {
  const said: string[] = [];
  peekMembers(object, KEYS, (key, start, end) => {
    said[key] = stringAt(object, { start, end }) ?? Buffer.from(object.subarray(start, end)).toString();
  });
  const ids = said[ID] === undefined && said[UID] === undefined;
  if (ids) return fingerprintOf(object);
  const named = said[UID] === undefined ? said.slice(0, OWNER_KEYS + 1) : said;
  return fingerprintOf(JSON.stringify(named).toUpperCase());
}
