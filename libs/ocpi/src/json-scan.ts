/**
 * One pass over JSON bytes: whether they are JSON at all, and where the parts of the outermost value stand.
 *
 * Every message passes here at least once, its answer too, so it is written for speed: bytes are looked at once, the
 * commonest first, and nothing is made for a value that nobody asks about. Spec: RFC 8259.
 */

/**
 * Called for each member of the outermost object or each element of the outermost array, in order, with where key
 * and value begin and end; the key includes its quotes, and an element has none (`NO_KEY`).
 */
type Visitor = (keyStart: number, keyEnd: number, start: number, end: number) => void;

const NO_KEY = -1;
/** Deeper nesting than this is refused: no OCPI object comes near, and the scanner's stack stays bounded. */
const MAX_JSON_DEPTH = 256;
const INVALID = -1;

// Constants of this file alone: members of an enum, or exported ones, would be looked up at each byte.
const TAB = 0x09;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const PLUS = 0x2b;
const COMMA = 0x2c;
const MINUS = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const UPPER_E = 0x45;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const LOWER_A = 0x61;
const LOWER_E = 0x65;
const LOWER_F = 0x66;
const LOWER_N = 0x6e;
const LOWER_T = 0x74;
const LOWER_U = 0x75;
const OPEN_BRACE = 0x7b;

/** From `[` to `]`, and from `{` to `}`. */
const TO_CLOSER = 2;
/** What is open around the place where the scan is. Made once: a scan never waits, so there is one at a time. */
const open = new Uint8Array(MAX_JSON_DEPTH);

/** Walks one JSON text, by the grammar that `JSON.parse` accepts. Iterative; false when it is not JSON. */
export function scan(b: Uint8Array, visit?: Visitor): boolean {
  let depth = 0;
  let keyStart = NO_KEY;
  let keyEnd = NO_KEY;
  let valueStart = 0;
  let i = skipSpace(b, 0);
  for (;;) {
    if (depth === 1) valueStart = i;
    const first = b[i]!;
    if (first === QUOTE) {
      if ((i = endOfString(b, i)) === INVALID) return false;
    } else if (first === OPEN_BRACE || first === OPEN_BRACKET) {
      if (depth === MAX_JSON_DEPTH) return false;
      i = skipSpace(b, i + 1);
      if (b[i] === first + TO_CLOSER) i++;
      else {
        open[depth++] = first;
        if (first === OPEN_BRACKET) continue;
        const end = endOfString(b, i);
        if (depth === 1) {
          keyStart = i;
          keyEnd = end;
        }
        if ((i = startOfMemberValue(b, end)) === INVALID) return false;
        continue;
      }
    } else if ((i = endOfScalar(b, i, first)) === INVALID) return false;

    for (;;) {
      if (depth === 1 && visit) visit(keyStart, keyEnd, valueStart, i);
      if (b[i]! <= SPACE) i = skipSpace(b, i);
      if (depth === 0) return i === b.length;
      const opener = open[depth - 1]!;
      if (b[i] === opener + TO_CLOSER) {
        depth--;
        i++;
        continue;
      }
      if (b[i] !== COMMA) return false;
      if (b[++i]! <= SPACE) i = skipSpace(b, i);
      if (opener === OPEN_BRACKET) break;
      const end = endOfString(b, i);
      if (depth === 1) {
        keyStart = i;
        keyEnd = end;
      }
      if ((i = startOfMemberValue(b, end)) === INVALID) return false;
      break;
    }
  }
}

/** The first place from here on that is no white space. */
export function skipSpace(b: Uint8Array, from: number): number {
  let i = from;
  for (; i < b.length && b[i]! <= SPACE; i++) {
    const c = b[i];
    if (c !== SPACE && c !== LINE_FEED && c !== CARRIAGE_RETURN && c !== TAB) return i;
  }
  return i;
}

/** From the end of a key over `:` to the first byte of its value. */
function startOfMemberValue(b: Uint8Array, keyEnd: number): number {
  if (keyEnd === INVALID) return INVALID;
  const colon = b[keyEnd] === COLON ? keyEnd : skipSpace(b, keyEnd);
  if (b[colon] !== COLON) return INVALID;
  return b[colon + 1]! <= SPACE ? skipSpace(b, colon + 1) : colon + 1;
}

/** Small letters lie above every byte that means something in a string: most bytes take one comparison. */
function endOfString(b: Uint8Array, from: number): number {
  if (b[from] !== QUOTE) return INVALID;
  for (let i = from + 1; i < b.length; i++) {
    const c = b[i]!;
    if (c > BACKSLASH) continue;
    if (c === QUOTE) return i + 1;
    if (c < SPACE) return INVALID;
    if (c === BACKSLASH && (i = endOfEscape(b, i + 1)) === INVALID) return INVALID;
  }
  return INVALID;
}

/** For each byte, whether it may follow a backslash by itself. */
const ESCAPABLE = Uint8Array.from({ length: 256 }, (_, c) =>
  '"\\/bfnrt'.includes(String.fromCharCode(c)) ? 1 : 0,
);

/** The last byte of an escape; `i` is at what follows the backslash. */
function endOfEscape(b: Uint8Array, i: number): number {
  const c = b[i];
  if (c === undefined) return INVALID;
  if (c !== LOWER_U) return ESCAPABLE[c] === 1 ? i : INVALID;
  for (let n = 1; n <= 4; n++) if (!isHexDigit(b[i + n])) return INVALID;
  return i + 4;
}

function isHexDigit(c: number | undefined): boolean {
  if (c === undefined) return false;
  const lower = c | 0x20;
  return isDigit(c) || (lower >= LOWER_A && lower <= LOWER_F);
}

/** Of a value that is neither a string nor a container, and begins with `first`. */
function endOfScalar(b: Uint8Array, i: number, first: number): number {
  switch (first) {
    case LOWER_T:
      return endOfLiteral(b, i, 'true');
    case LOWER_F:
      return endOfLiteral(b, i, 'false');
    case LOWER_N:
      return endOfLiteral(b, i, 'null');
    default:
      return endOfNumber(b, i);
  }
}

function endOfLiteral(b: Uint8Array, from: number, word: string): number {
  for (let n = 0; n < word.length; n++) if (b[from + n] !== word.charCodeAt(n)) return INVALID;
  return from + word.length;
}

function endOfNumber(b: Uint8Array, from: number): number {
  let i = b[from] === MINUS ? from + 1 : from;
  if (b[i] === ZERO) i++;
  else if ((i = endOfDigits(b, i)) === INVALID) return INVALID;
  if (b[i] === COMMA) return i;
  if (b[i] === DOT && (i = endOfDigits(b, i + 1)) === INVALID) return INVALID;
  if (b[i] !== LOWER_E && b[i] !== UPPER_E) return i;
  i++;
  return endOfDigits(b, b[i] === PLUS || b[i] === MINUS ? i + 1 : i);
}

function endOfDigits(b: Uint8Array, from: number): number {
  if (!isDigit(b[from])) return INVALID;
  let i = from + 1;
  while (isDigit(b[i])) i++;
  return i;
}

function isDigit(c: number | undefined): boolean {
  return c !== undefined && c >= ZERO && c <= NINE;
}

export { MAX_JSON_DEPTH, NO_KEY };
