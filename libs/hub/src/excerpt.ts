/** What a peer said, in few characters that can be shown to people. */

/** Characters of an answer that are shown. */
export const MAX_EXCERPT_CHARACTERS = 200;
/** Bytes of it that are looked at. */
const MAX_READ_BYTES = 4_096;

/** Controls, private and unassigned characters, half surrogates, and runs of white space. */
const UNPRINTABLE = /[\p{C}\p{Z}]+/gu;
/** A member whose value is a secret, as JSON writes it; the end of the value may be cut off. */
const SECRET_MEMBER =
  /("[^"]{0,40}(?:token|authorization|password|secret)[^"]{0,40}"\s*:\s*)"(?:[^"\\]|\\.)*"?/gi;

/** The first printable characters of a text; runs of white space are one space. */
export function printable(text: string): string {
  const shown = text.replace(UNPRINTABLE, ' ').trim();
  return shown.length > MAX_EXCERPT_CHARACTERS ? `${shown.slice(0, MAX_EXCERPT_CHARACTERS - 1)}…` : shown;
}

/** The first printable characters of a body, values of members that are named like secrets left out. */
export function excerptOf(body: Uint8Array): string {
  const text = Buffer.from(body.buffer, body.byteOffset, Math.min(body.length, MAX_READ_BYTES)).toString();
  return printable(text.replace(SECRET_MEMBER, '$1"***"'));
}
