/** Strings in JSON bytes. */

const QUOTE = 0x22;

/** Half-open byte range of one value: `bytes.subarray(start, end)`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** The string at a span; `undefined` when the value there is not a string. */
export function stringAt(bytes: Uint8Array, span: Span): string | undefined {
  if (bytes[span.start] !== QUOTE) return undefined;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + span.start, span.end - span.start).toString();
  return text.includes('\\') ? (JSON.parse(text) as string) : text.slice(1, -1);
}
