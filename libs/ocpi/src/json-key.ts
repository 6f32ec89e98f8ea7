/** Compares keys of JSON objects with names, without making anything for those that are other names. */
import { stringAt } from './json-string';

/** Names that a caller looks for, and their bytes as JSON, made once. */
export interface Keys {
  readonly names: readonly string[];
  readonly bytes: readonly Uint8Array[];
}

/** Makes the keys of some names. */
export function keysOf(...names: readonly string[]): Keys {
  return { names, bytes: names.map((name) => Buffer.from(JSON.stringify(name))) };
}

const BACKSLASH = 0x5c;
/** Longer keys cannot match, even if every character were written as `\uXXXX`. */
const MAX_ESCAPED_KEY_BYTES = 256;

/** Which of the keys stands there, without case and with escapes undone; -1 for none. */
export function indexOfKey(b: Uint8Array, start: number, end: number, { bytes }: Keys): number {
  for (let k = 0; k < bytes.length; k++) if (sameLetters(b, start, end, bytes[k]!)) return k;
  if (end - start > MAX_ESCAPED_KEY_BYTES || !hasEscape(b, start, end)) return -1;
  const plain = Buffer.from(JSON.stringify(stringAt(b, { start, end })));
  return bytes.findIndex((key) => sameLetters(plain, 0, plain.length, key));
}

/** Letters in either case: the bit by which the two differ is set in both. */
function sameLetters(b: Uint8Array, start: number, end: number, key: Uint8Array): boolean {
  if (end - start !== key.length) return false;
  for (let n = 0; n < key.length; n++) if ((b[start + n]! | 0x20) !== (key[n]! | 0x20)) return false;
  return true;
}

function hasEscape(b: Uint8Array, start: number, end: number): boolean {
  for (let n = start; n < end; n++) if (b[n] === BACKSLASH) return true;
  return false;
}
