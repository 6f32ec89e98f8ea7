/**
 * What may stand beside the objects of others in one list. JSON that one reader takes and another gives up on would
 * take everybody else's objects out of that reader's sight with it.
 */
import { isUtf8 } from 'node:buffer';

/** Some parsers stop at 64; the objects of OCPI have ten levels at most, and a list adds two. */
const MAX_DEPTH = 32;
/** Members and elements at all depths: five times those of a Location with 1,000 EVSEs of two connectors each. */
export const MAX_OBJECT_VALUES = 100_000;
const COMMA = 0x2c;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LOWER_D = 0x64;
const LOWER_U = 0x75;
const ZERO = 0x30;
const NINE = 0x39;
const LOWER_A = 0x61;
/** `\u` and four digits. */
const ESCAPE = 6;

/**
 * Whether every parser can be expected to read a JSON text: UTF-8, not nested deeply, no half of a surrogate pair, and at
 * most `MAX_OBJECT_VALUES` values.
 *
 * @param json a valid JSON text
 */
export function isMergeable(json: Uint8Array): boolean {
  if (!isUtf8(json)) return false;
  let depth = 0;
  let values = 1;
  for (let at = 0; at < json.length; at++) {
    const c = json[at]!;
    if (c === QUOTE) {
      at = endOfText(json, at + 1);
      if (at === -1) return false;
    } else if (c === COMMA) values++;
    else if ((c | 0x20) === 0x7b && (++values > MAX_OBJECT_VALUES || ++depth > MAX_DEPTH)) return false;
    else if ((c | 0x20) === 0x7d) depth--;
  }
  return values <= MAX_OBJECT_VALUES;
}

/** Where the quote is that ends a string; -1 when the string is no text. */
function endOfText(json: Uint8Array, from: number): number {
  let at = from;
  while (json[at] !== QUOTE) {
    if (json[at] !== BACKSLASH) at++;
    else if (json[at + 1] !== LOWER_U) at += 2;
    else if ((json[at + 2]! | 0x20) !== LOWER_D) at += ESCAPE;
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
  let unit = 0;
  for (let n = 2; n < ESCAPE; n++) unit = unit * 16 + hexDigit(json[at + n]!);
  return unit;
}

/** Of a digit, or of a letter in either case. */
function hexDigit(c: number): number {
  return c <= NINE ? c - ZERO : (c | 0x20) - LOWER_A + 10;
}

function isBetween(value: number, least: number, most: number): boolean {
  return value >= least && value <= most;
}
