/**
 * Reads a few members of a JSON object on the pass that checks that it is JSON, without touching the others.
 */
import { indexOfKey, type Keys } from './json-key';
import { isOutlined, outlineOf } from './json-outline';
import { NO_KEY, scan } from './json-scan';

/** Told which of the keys a member has and where its value stands. */
export type Peeked = (key: number, start: number, end: number) => void;

/**
 * Whether the bytes are one JSON text, and on the same pass every member of the outermost object that has one of
 * these keys. Case does not count and escapes are undone: some parsers do not tell `Party_ID` from `party_id`, and all
 * read `party\u005fid` so. Of a large object with very many members of one name the first 16 and the last are told.
 */
export function peekMembers(bytes: Uint8Array, keys: Keys, peeked: Peeked): boolean {
  if (isOutlined(bytes, ...keys.names)) return peekOutline(bytes, keys, peeked);
  return scan(bytes, (keyStart, keyEnd, start, end) => {
    const key = keyStart === NO_KEY ? -1 : indexOfKey(bytes, keyStart, keyEnd, keys);
    if (key !== -1) peeked(key, start, end);
  });
}

function peekOutline(bytes: Uint8Array, { names }: Keys, peeked: Peeked): boolean {
  const outline = outlineOf(bytes);
  for (const [key, name] of names.entries()) {
    for (const { start, end } of outline.all(name)) peeked(key, start, end);
  }
  return outline.valid;
}
