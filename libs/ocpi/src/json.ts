/**
 * Looks into JSON bytes without turning them into objects, so that what is forwarded stays what came:
 * `1.00`, 20-digit integers, duplicate keys and white space included. Spec: RFC 8259.
 */
import { isOutlined, outlineOf } from './json-outline';
import { MAX_JSON_DEPTH, NO_KEY, scan, skipSpace } from './json-scan';
import { type Span, stringAt } from './json-string';

export { type Span, stringAt };

const QUOTE = 0x22;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const LAST_ASCII = 0x7f;

/** One member of an object. */
export interface Member {
  readonly name: string;
  /** Its key as it stands there, quotes included. */
  readonly key: Span;
  readonly value: Span;
}

/** Whether the bytes are one JSON text, by the grammar that `JSON.parse` accepts. */
export function isJson(bytes: Uint8Array): boolean {
  return isOutlined(bytes) ? outlineOf(bytes).valid : scan(bytes);
}

/** Nesting from which on the hub reads no JSON, in words. */
export const TOO_DEEP = `nested more than ${MAX_JSON_DEPTH} levels deep`;

/** Whether bytes that are not taken for JSON are nested deeper than the hub reads. Looks at refused bodies alone. */
export function isTooDeep(bytes: Uint8Array): boolean {
  let depth = 0;
  for (let at = 0; at < bytes.length && depth <= MAX_JSON_DEPTH; at++) {
    const c = bytes[at]!;
    if (c === QUOTE) at = endOfText(bytes, at);
    else if (c === OPEN_BRACE || c === OPEN_BRACKET) depth++;
    else if (c === CLOSE_BRACE || c === CLOSE_BRACKET) depth--;
  }
  return depth > MAX_JSON_DEPTH;
}

/** The quote that ends a string, or the end of the bytes. */
function endOfText(bytes: Uint8Array, from: number): number {
  let at = from + 1;
  while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
  return at;
}

/**
 * Where the last value of a member of the outermost object stands: of duplicate keys it is the one that counts for
 * `JSON.parse`. Nothing is made for the other members, however many there are.
 *
 * @returns `undefined` when there is none, the outermost value is no object, or the bytes are not JSON
 */
export function lastMember(bytes: Uint8Array, name: string): Span | undefined {
  if (isOutlined(bytes, name)) return outlineOf(bytes).last(name);
  let [from, to] = [NO_KEY, NO_KEY];
  const valid = scan(bytes, (keyStart, keyEnd, start, end) => {
    if (keyStart === NO_KEY || !isKey(bytes, { start: keyStart, end: keyEnd }, name)) return;
    from = start;
    to = end;
  });
  return valid && from !== NO_KEY ? { start: from, end: to } : undefined;
}

/** How many members the outermost object has; `undefined` when the bytes are not one JSON object. */
export function countMembers(bytes: Uint8Array): number | undefined {
  if (isOutlined(bytes))
    return outlineOf(bytes).valid && isObject(bytes) ? outlineOf(bytes).entries : undefined;
  let count = 0;
  const valid = scan(bytes, () => count++);
  return valid && isObject(bytes) ? count : undefined;
}

/** Byte by byte, since a text made for each key would cost more than the pass over the whole body. */
function isKey(bytes: Uint8Array, { start, end }: Span, name: string): boolean {
  for (let at = start + 1, n = 0; at < end - 1; at++, n++) {
    const c = bytes[at]!;
    if (c === BACKSLASH || c > LAST_ASCII) return stringAt(bytes, { start, end }) === name;
    if (c !== name.charCodeAt(n)) return false;
  }
  return end - start - 2 === name.length;
}

/** Whether the outermost value of a JSON text is an object. */
export function isObject(json: Uint8Array): boolean {
  return json[skipSpace(json, 0)] === OPEN_BRACE;
}

/** Members of an object, or elements of a list, that are made into objects at once: about 10 ms. */
export const MAX_ENTRIES = 10_000;

/**
 * Every member of the outermost object, in order.
 *
 * @returns `undefined` when the bytes are not one JSON object, or one of more than `MAX_ENTRIES` members
 */
export function findMembers(bytes: Uint8Array): readonly Member[] | undefined {
  const members: Member[] = [];
  let count = 0;
  const valid = scan(bytes, (keyStart, keyEnd, start, end) => {
    if (keyStart === NO_KEY || ++count > MAX_ENTRIES) return;
    const key = { start: keyStart, end: keyEnd };
    members.push({ name: stringAt(bytes, key)!, key, value: { start, end } });
  });
  return valid && count <= MAX_ENTRIES && isObject(bytes) ? members : undefined;
}

/**
 * Where the elements of the outermost array stand.
 *
 * @returns `undefined` when the bytes are not one JSON array, or one of more than `MAX_ENTRIES` elements
 */
export function findElements(bytes: Uint8Array): readonly Span[] | undefined {
  const elements: Span[] = [];
  let count = 0;
  const valid = scan(bytes, (keyStart, _keyEnd, start, end) => {
    if (keyStart === NO_KEY && ++count <= MAX_ENTRIES) elements.push({ start, end });
  });
  return valid && count <= MAX_ENTRIES && bytes[skipSpace(bytes, 0)] === OPEN_BRACKET ? elements : undefined;
}

/**
 * Follows member names down from the outermost object and reads a string; of duplicate keys the last
 * one counts, as it does for `JSON.parse`.
 */
export function stringAtPath(bytes: Uint8Array, path: readonly string[]): string | undefined {
  const [name, ...inner] = path;
  if (name === undefined) return stringAt(bytes, { start: 0, end: bytes.length });
  const found = lastMember(bytes, name);
  if (!found) return undefined;
  return inner.length === 0 ? stringAt(bytes, found) : stringAtPath(partOf(bytes, found), inner);
}

/** The same bytes each time where the whole has an outline, so that the part keeps its own. */
function partOf(bytes: Uint8Array, span: Span): Uint8Array {
  return isOutlined(bytes) ? outlineOf(bytes).part(span) : bytes.subarray(span.start, span.end);
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
