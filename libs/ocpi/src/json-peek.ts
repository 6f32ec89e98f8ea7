/**
 * Reads a few members of a JSON object on the pass that checks that it is JSON, without touching the others.
 */
import { stringAt } from './json';
import { NO_KEY, scan } from './json-scan';

/** A key that a caller looks for: its bytes as JSON, made once. */
export type KeyBytes = Uint8Array;

/** Names as `peekMembers` takes them. */
export function keysOf(...names: readonly string[]): readonly KeyBytes[] {
  return names.map((name) => Buffer.from(JSON.stringify(name)));
}

/** Told which of the keys a member has and where its value stands. */
export type Peeked = (key: number, start: number, end: number) => void;

/**
 * Whether the bytes are one JSON text, and on the same pass every member of the outermost object that has one of
 * these keys. Case does not count and escapes are undone: some parsers do not tell `Party_ID` from `party_id`, and all
 * read `party\u005fid` so.
 */
export function peekMembers(bytes: Uint8Array, keys: readonly KeyBytes[], peeked: Peeked): boolean {
  return scan(bytes, (keyStart, keyEnd, start, end) => {
    const key = keyStart === NO_KEY ? -1 : indexOfKey(bytes, keyStart, keyEnd, keys);
    if (key !== -1) peeked(key, start, end);
  });
}

const BACKSLASH = 0x5c;
/** A key with more bytes than this is none that anybody looks for, even with all its characters as `\uXXXX`. */
const MAX_ESCAPED_KEY_BYTES = 256;

function indexOfKey(b: Uint8Array, start: number, end: number, keys: readonly KeyBytes[]): number {
  for (let k = 0; k < keys.length; k++) if (sameLetters(b, start, end, keys[k]!)) return k;
  if (end - start > MAX_ESCAPED_KEY_BYTES || !hasEscape(b, start, end)) return -1;
  const plain = Buffer.from(JSON.stringify(stringAt(b, { start, end })));
  return keys.findIndex((key) => sameLetters(plain, 0, plain.length, key));
}

/** Letters in either case: the bit by which the two differ is set in both. */
function sameLetters(b: Uint8Array, start: number, end: number, key: KeyBytes): boolean {
  if (end - start !== key.length) return false;
  for (let n = 0; n < key.length; n++) if ((b[start + n]! | 0x20) !== (key[n]! | 0x20)) return false;
  return true;
}

function hasEscape(b: Uint8Array, start: number, end: number): boolean {
  for (let n = start; n < end; n++) if (b[n] === BACKSLASH) return true;
  return false;
}
