/**
 * What may stand beside the objects of others in one list. JSON that one reader takes and another gives up on would
 * take everybody else's objects out of that reader's sight with it.
 */
import { isUtf8 } from 'node:buffer';

/** Some parsers stop at 64; the objects of OCPI have ten levels at most, and a list adds two. */
const MAX_DEPTH = 32;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LOWER_U = 0x75;
/** `\u` and four digits. */
const ESCAPE = 6;

/**
 * Whether every parser can be expected to read a JSON text: UTF-8, not nested deeply, and no half of a surrogate pair.
 *
 * @param json a valid JSON text
 */
export function isMergeable(json: Uint8Array): boolean {
  if (!isUtf8(json)) return false;
  let depth = 0;
  for (let at = 0; at < json.length; at++) {
    const c = json[at]!;
    if (c === QUOTE) {
      at = endOfText(json, at + 1);
      if (at === -1) return false;
    } else if ((c | 0x20) === 0x7b && ++depth > MAX_DEPTH) return false;
    else if ((c | 0x20) === 0x7d) depth--;
  }
  return true;
}

/** Where the quote is that ends a string; -1 when the string is no text. */
function endOfText(json: Uint8Array, from: number): number {
  let at = from;
  while (json[at] !== QUOTE) {
    if (json[at] !== BACKSLASH) at++;
    else if (json[at + 1] !== LOWER_U) at += 2;
    else {
      const [unit, next] = [unitAt(json, at), unitAt(json, at + ESCAPE)];
      const isPair = isBetween(unit, 0xd800, 0xdbff) && isBetween(next, 0xdc00, 0xdfff);
      if (!isPair && isBetween(unit, 0xd800, 0xdfff)) return -1;
      at += isPair ? 2 * ESCAPE : ESCAPE;
    }
  }
  return at;
}

/** The number of an escape `\uXXXX`; NaN when there is none. */
function unitAt(json: Uint8Array, at: number): number {
  if (json[at] !== BACKSLASH || json[at + 1] !== LOWER_U) return NaN;
  return parseInt(Buffer.from(json.subarray(at + 2, at + ESCAPE)).toString('latin1'), 16);
}

function isBetween(value: number, least: number, most: number): boolean {
  return value >= least && value <= most;
}
