/**
 * Changes JSON bytes in place: what is not changed keeps its very bytes, `1.00` and white space included.
 */
import { findElements, findMembers, type Span } from './json';

interface Edit {
  readonly span: Span;
  readonly text: Uint8Array;
}

const COMMA = Buffer.from(',');
const COLON = Buffer.from(':');

/**
 * The object with each member of `patch` in it: members of the same name get the new value where they stand,
 * the others are added at the end. Of duplicate keys in `patch` the last one counts, as for `JSON.parse`.
 *
 * @returns `undefined` when either of the two is not one JSON object
 */
export function mergeMembers(object: Uint8Array, patch: Uint8Array): Buffer | undefined {
  const changes = findMembers(patch)?.map(({ name, key, value }): [string, Change] => [
    name,
    { key: bytesAt(patch, key), value: bytesAt(patch, value) },
  ]);
  return changes && withChanges(object, new Map(changes));
}

/**
 * The object with members set to values, which are not looked into.
 *
 * @returns `undefined` when it is not one JSON object
 */
export function setMembers(
  object: Uint8Array,
  values: Readonly<Record<string, Uint8Array>>,
): Buffer | undefined {
  const changes = Object.entries(values).map(([name, value]): [string, Change] => [
    name,
    { key: Buffer.from(JSON.stringify(name)), value },
  ]);
  return withChanges(object, new Map(changes));
}

/** A member as it is written: its key with its quotes, and its value. */
interface Change {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

function withChanges(object: Uint8Array, changes: ReadonlyMap<string, Change>): Buffer | undefined {
  const own = findMembers(object);
  if (!own) return undefined;
  const edits = own.flatMap(({ name, value }): Edit[] => {
    const change = changes.get(name);
    return change ? [{ span: value, text: change.value }] : [];
  });
  const known = new Set(own.map(({ name }) => name));
  const added = [...changes]
    .filter(([name]) => !known.has(name))
    .map(([, { key, value }]) => Buffer.concat([key, COLON, value]));
  return applied(object, [...edits, ...appended(object, own.at(-1)?.value, added)]);
}

/** The array with one more element at its end. @returns `undefined` when it is not one JSON array */
export function appendElement(array: Uint8Array, element: Uint8Array): Buffer | undefined {
  const elements = findElements(array);
  return elements && applied(array, appended(array, elements.at(-1), [element]));
}

/** The bytes of a span. */
export function bytesAt(bytes: Uint8Array, { start, end }: Span): Uint8Array {
  return bytes.subarray(start, end);
}

/** Puts texts behind the last entry; into an empty object or array before what closes it. */
function appended(container: Uint8Array, last: Span | undefined, texts: readonly Uint8Array[]): Edit[] {
  if (texts.length === 0) return [];
  const place = last?.end ?? closerOf(container);
  const parts = texts.flatMap((text, index) => (last || index > 0 ? [COMMA, text] : [text]));
  return [{ span: { start: place, end: place }, text: Buffer.concat(parts) }];
}

/** The last `}` or `]`: nothing but white space comes after it. */
function closerOf(container: Uint8Array): number {
  return Math.max(container.lastIndexOf(0x7d), container.lastIndexOf(0x5d));
}

/** Edits must be in order and not overlap. */
function applied(bytes: Uint8Array, edits: readonly Edit[]): Buffer {
  const parts: Uint8Array[] = [];
  let from = 0;
  for (const { span, text } of edits) {
    parts.push(bytes.subarray(from, span.start), text);
    from = span.end;
  }
  return Buffer.concat([...parts, bytes.subarray(from)]);
}
