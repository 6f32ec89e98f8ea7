/** Entity tags: what a caller saw, in a few characters. Spec: RFC 9110, 8.8.3 and 13.1.1. */
import { createHash } from 'node:crypto';
import { invalid } from '../problem';

/** Times that move by themselves and that nobody decides upon. */
const MOVING = ['last_seen', 'last_used_at'];
/** 132 bits of a SHA-256: two states of one thing do not meet in it. */
const TAG_LENGTH = 22;
const TAG = /^(W\/)?"[\x21\x23-\x7e]*"$/;
const ANY = '*';

/** The tag of an answer: the same as long as it says the same, but for times of last use. */
export function entityTag(body: unknown): string {
  const text = JSON.stringify(body, (key, value: unknown) => (MOVING.includes(key) ? undefined : value));
  return `"${createHash('sha256').update(text).digest('base64url').slice(0, TAG_LENGTH)}"`;
}

/**
 * Whether an `If-Match` names a tag, or whatever there is (`*`). A weak tag never matches.
 *
 * @throws Problem `invalid_input` when it is no list of entity tags
 */
export function matchesTag(ifMatch: string, tag: string): boolean {
  const named = ifMatch.split(',').map((one) => one.trim());
  if (ifMatch.trim() === ANY) return true;
  if (named.every((one) => TAG.test(one))) return named.includes(tag);
  throw invalid('If-Match', 'If-Match must be * or entity tags such as "x3Yz", as ETag gave them');
}
