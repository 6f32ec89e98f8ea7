/** What is kept of headers and bodies. */
import { CORRELATION_ID } from '@app/ocpi';
import { decodedBody } from '../content';
import { clipCorrelationId } from '../message-ids';
import { ownBytes } from '../own-bytes';
import { type CapturedBody } from '../ports';
import { maskBytes, maskedText } from './mask';

/** An allow-list: what is new on the wire, and `Authorization` and cookies, stay out by themselves. */
const KEPT_HEADERS: readonly string[] = [
  ...['ocpi-from-country-code', 'ocpi-from-party-id', 'ocpi-to-country-code', 'ocpi-to-party-id'],
  ...['x-request-id', 'x-correlation-id', 'content-type', 'content-encoding'],
  ...['link', 'location', 'retry-after', 'x-limit', 'x-total-count'],
];
/** Characters of a header that are kept. */
const MAX_HEADER_CHARACTERS = 2_048;
/** An encoded body that is longer when decoded is not kept: decoding it would hold up others (a few ms). */
const MAX_DECODED_BYTES = 1024 * 1024;
/** A token has 64 characters at most, 88 in Base64: one that the cut would leave half of is looked for before it. */
const LOOK_AHEAD_BYTES = 128;

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The headers that are kept. */
export function keptHeaders(headers: Headers, secrets: readonly string[]): Record<string, string> {
  const kept = KEPT_HEADERS.flatMap((name): [string, string][] => {
    const value = headers[name];
    if (value === undefined) return [];
    // As the message log has it, so that the operator finds one by the other.
    const text = name === CORRELATION_ID ? clipCorrelationId(String(value)) : String(value);
    return [[name, maskedText(text, secrets).slice(0, MAX_HEADER_CHARACTERS)]];
  });
  return Object.fromEntries(kept);
}

/** Name and value alternating, as lower-case name → value. */
export function headersOf(list: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (let at = 0; at + 1 < list.length; at += 2) headers[list[at]!.toLowerCase()] = list[at + 1]!;
  return headers;
}

/** How bodies are kept. */
export interface Keeping {
  readonly maxPayloadBytes: number;
  readonly secrets: readonly string[];
}

/** A copy of what is kept of a body, so that nothing of the message itself is held on to. */
export function keptBody(
  body: Uint8Array | null,
  contentEncoding: string | undefined,
  { maxPayloadBytes, secrets }: Keeping,
): CapturedBody | null {
  if (body === null) return null;
  const wire = Buffer.from(body.buffer, body.byteOffset, body.length);
  const plain = decodedBody(wire, contentEncoding, null, MAX_DECODED_BYTES);
  if (!plain) return { kept: Buffer.alloc(0), bytes: wire.length, truncated: true };
  const copy = ownBytes(plain.subarray(0, maxPayloadBytes + LOOK_AHEAD_BYTES));
  maskBytes(copy, secrets);
  return {
    kept: copy.subarray(0, maxPayloadBytes),
    bytes: wire.length,
    truncated: plain.length > maxPayloadBytes,
  };
}
