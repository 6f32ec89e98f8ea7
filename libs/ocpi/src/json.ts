/**
 * Looks into JSON bytes without turning them into objects, so that what is forwarded stays what came:
 * `1.00`, 20-digit integers, duplicate keys and white space included. Spec: RFC 8259.
 */

/** Half-open byte range of one value: `bytes.subarray(start, end)`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** One member of an object. */
export interface Member {
  readonly name: string;
  /** Its key as it stands there, quotes included. */
  readonly key: Span;
  readonly value: Span;
}

/**
 * Called for each member of the outermost object or each element of the outermost array, in order, with where key
 * and value begin and end; the key includes its quotes, and an element has none (`NO_KEY`). Numbers, so that whoever
 * passes over most members makes no object for them.
 */
type Visitor = (keyStart: number, keyEnd: number, start: number, end: number) => void;

const enum Char {
  Tab = 0x09,
  LineFeed = 0x0a,
  CarriageReturn = 0x0d,
  Space = 0x20,
  Quote = 0x22,
  Plus = 0x2b,
  Comma = 0x2c,
  Minus = 0x2d,
  Dot = 0x2e,
  Zero = 0x30,
  Nine = 0x39,
  Colon = 0x3a,
  UpperE = 0x45,
  OpenBracket = 0x5b,
  Backslash = 0x5c,
  CloseBracket = 0x5d,
  LowerE = 0x65,
  LowerU = 0x75,
  OpenBrace = 0x7b,
  CloseBrace = 0x7d,
}

const INVALID = -1;
/** Where the key of an element begins and ends. */
export const NO_KEY = -1;
/** Deeper nesting than this is refused: no OCPI object comes near, and the scanner's stack stays bounded. */
export const MAX_JSON_DEPTH = 256;

/** Whether the bytes are one JSON text, by the grammar that `JSON.parse` accepts. */
export function isJson(bytes: Uint8Array): boolean {
  return scan(bytes);
}

/**
 * Where the values of a member of the outermost object stand.
 *
 * @returns one span per occurrence, in order (peers do send duplicate keys); empty when the member is
 *   missing or the outermost value is not an object; `undefined` when the bytes are not JSON.
 */
export function findMember(bytes: Uint8Array, name: string): readonly Span[] | undefined {
  const spans: Span[] = [];
  const valid = scan(bytes, (keyStart, keyEnd, start, end) => {
    if (keyStart !== NO_KEY && stringAt(bytes, { start: keyStart, end: keyEnd }) === name)
      spans.push({ start, end });
  });
  return valid ? spans : undefined;
}

/** Whether the outermost value of a JSON text is an object. */
export function isObject(json: Uint8Array): boolean {
  return json[skipSpace(json, 0)] === Char.OpenBrace;
}

/** Every member of the outermost object, in order; `undefined` when the bytes are not one JSON object. */
export function findMembers(bytes: Uint8Array): readonly Member[] | undefined {
  const members: Member[] = [];
  const valid = scan(bytes, (keyStart, keyEnd, start, end) => {
    if (keyStart === NO_KEY) return;
    const key = { start: keyStart, end: keyEnd };
    members.push({ name: stringAt(bytes, key)!, key, value: { start, end } });
  });
  return valid && isObject(bytes) ? members : undefined;
}

/** Where the elements of the outermost array stand; `undefined` when the bytes are not one JSON array. */
export function findElements(bytes: Uint8Array): readonly Span[] | undefined {
  const elements: Span[] = [];
  const valid = scan(bytes, (keyStart, _keyEnd, start, end) => {
    if (keyStart === NO_KEY) elements.push({ start, end });
  });
  return valid && bytes[skipSpace(bytes, 0)] === Char.OpenBracket ? elements : undefined;
}

/** The string at a span; `undefined` when the value there is not a string. */
export function stringAt(bytes: Uint8Array, span: Span): string | undefined {
  if (bytes[span.start] !== Char.Quote) return undefined;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + span.start, span.end - span.start).toString();
  return text.includes('\\') ? (JSON.parse(text) as string) : text.slice(1, -1);
}

/**
 * Follows member names down from the outermost object and reads a string; of duplicate keys the last
 * one counts, as it does for `JSON.parse`.
 */
export function stringAtPath(bytes: Uint8Array, path: readonly string[]): string | undefined {
  let span: Span = { start: 0, end: bytes.length };
  for (const name of path) {
    const found = findMember(bytes.subarray(span.start, span.end), name)?.at(-1);
    if (!found) return undefined;
    span = { start: span.start + found.start, end: span.start + found.end };
  }
  return stringAt(bytes, span);
}

/** The bytes with each span replaced; spans must be in order and not overlap. */
export function spliceBytes(bytes: Uint8Array, spans: readonly Span[], replacement: Uint8Array): Buffer {
  const parts: Uint8Array[] = [];
  let from = 0;
  for (const span of spans) {
    parts.push(bytes.subarray(from, span.start), replacement);
    from = span.end;
  }
  parts.push(bytes.subarray(from));
  return Buffer.concat(parts);
}

/** Walks one JSON text. Iterative, one pass, no allocation per value; false when it is not JSON. */
export function scan(b: Uint8Array, visit?: Visitor): boolean {
  const closers: number[] = [];
  let keyStart = NO_KEY;
  let keyEnd = NO_KEY;
  let valueStart = 0;
  let i = skipSpace(b, 0);
  for (;;) {
    if (closers.length === 1) valueStart = i;
    const opener = b[i];
    if (opener === Char.OpenBrace || opener === Char.OpenBracket) {
      if (closers.length === MAX_JSON_DEPTH) return false;
      const closer = opener === Char.OpenBrace ? Char.CloseBrace : Char.CloseBracket;
      i = skipSpace(b, i + 1);
      if (b[i] !== closer) {
        closers.push(closer);
        if (closer === Char.CloseBracket) continue;
        const end = endOfString(b, i);
        if (closers.length === 1) {
          keyStart = i;
          keyEnd = end;
        }
        if ((i = startOfMemberValue(b, end)) === INVALID) return false;
        continue;
      }
      i++;
    } else if ((i = endOfScalar(b, i)) === INVALID) return false;

    for (;;) {
      const depth = closers.length;
      if (depth === 1 && visit) visit(keyStart, keyEnd, valueStart, i);
      i = skipSpace(b, i);
      if (depth === 0) return i === b.length;
      const closer = closers[depth - 1];
      if (b[i] === closer) {
        closers.pop();
        i++;
        continue;
      }
      if (b[i] !== Char.Comma) return false;
      i = skipSpace(b, i + 1);
      if (closer === Char.CloseBrace) {
        const end = endOfString(b, i);
        if (depth === 1) {
          keyStart = i;
          keyEnd = end;
        }
        if ((i = startOfMemberValue(b, end)) === INVALID) return false;
      }
      break;
    }
  }
}

function skipSpace(b: Uint8Array, from: number): number {
  let i = from;
  for (;;) {
    const c = b[i];
    if (c !== Char.Space && c !== Char.LineFeed && c !== Char.CarriageReturn && c !== Char.Tab) return i;
    i++;
  }
}

/** From the end of a key over `:` to the first byte of its value. */
function startOfMemberValue(b: Uint8Array, keyEnd: number): number {
  if (keyEnd === INVALID) return INVALID;
  const colon = skipSpace(b, keyEnd);
  return b[colon] === Char.Colon ? skipSpace(b, colon + 1) : INVALID;
}

function endOfScalar(b: Uint8Array, i: number): number {
  switch (b[i]) {
    case Char.Quote:
      return endOfString(b, i);
    case 0x74: // t
      return endOfLiteral(b, i, 'true');
    case 0x66: // f
      return endOfLiteral(b, i, 'false');
    case 0x6e: // n
      return endOfLiteral(b, i, 'null');
    default:
      return endOfNumber(b, i);
  }
}

function endOfLiteral(b: Uint8Array, from: number, word: string): number {
  for (let n = 0; n < word.length; n++) if (b[from + n] !== word.charCodeAt(n)) return INVALID;
  return from + word.length;
}

function endOfString(b: Uint8Array, from: number): number {
  if (b[from] !== Char.Quote) return INVALID;
  let i = from + 1;
  for (;;) {
    const c = b[i];
    if (c === undefined || c < Char.Space) return INVALID;
    if (c === Char.Quote) return i + 1;
    if (c !== Char.Backslash) i++;
    else if ((i = endOfEscape(b, i + 1)) === INVALID) return INVALID;
  }
}

function endOfEscape(b: Uint8Array, i: number): number {
  const c = b[i];
  if (c === undefined) return INVALID;
  if (c !== Char.LowerU) return '"\\/bfnrt'.includes(String.fromCharCode(c)) ? i + 1 : INVALID;
  for (let n = 1; n <= 4; n++) if (!isHexDigit(b[i + n])) return INVALID;
  return i + 5;
}

function isHexDigit(c: number | undefined): boolean {
  if (c === undefined) return false;
  const lower = c | 0x20;
  return isDigit(c) || (lower >= 0x61 && lower <= 0x66);
}

function isDigit(c: number | undefined): boolean {
  return c !== undefined && c >= Char.Zero && c <= Char.Nine;
}

function endOfNumber(b: Uint8Array, from: number): number {
  let i = b[from] === Char.Minus ? from + 1 : from;
  if (b[i] === Char.Zero) i++;
  else if ((i = endOfDigits(b, i)) === INVALID) return INVALID;
  if (b[i] === Char.Dot && (i = endOfDigits(b, i + 1)) === INVALID) return INVALID;
  if (b[i] !== Char.LowerE && b[i] !== Char.UpperE) return i;
  i++;
  return endOfDigits(b, b[i] === Char.Plus || b[i] === Char.Minus ? i + 1 : i);
}

function endOfDigits(b: Uint8Array, from: number): number {
  if (!isDigit(b[from])) return INVALID;
  let i = from + 1;
  while (isDigit(b[i])) i++;
  return i;
}
