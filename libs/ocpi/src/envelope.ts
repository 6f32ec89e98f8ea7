/**
 * The response format around every answer.
 *
 * Spec: 2.2.1-d2 transport_and_format, Response format.
 */
import { lastMember, type Span } from './json';

export interface Envelope {
  readonly data?: unknown;
  readonly status_code: number;
  readonly status_message?: string;
  /** RFC 3339, UTC. */
  readonly timestamp: string;
}

/** An envelope around `data`; pass `undefined` to leave the field out. */
export function envelope(statusCode: number, now: Date, data?: unknown, message?: string): Envelope {
  return { data, status_code: statusCode, status_message: message, timestamp: now.toISOString() };
}

/**
 * The `status_code` of a peer's answer, read without parsing the answer into objects.
 *
 * @returns `undefined` when the bytes are no OCPI envelope: not JSON, cut off, not an object, or without a
 *   four-digit `status_code`. Some peers write the number as a string: `"1000"` is read as 1000.
 */
export function statusCodeOf(body: Uint8Array): number | undefined {
  const span = lastMember(body, 'status_code');
  return span && fourDigits(body, unquoted(body, span));
}

function unquoted(body: Uint8Array, { start, end }: Span): Span {
  return body[start] === QUOTE ? { start: start + 1, end: end - 1 } : { start, end };
}

function fourDigits(body: Uint8Array, { start, end }: Span): number | undefined {
  if (end - start !== 4) return undefined;
  let number = 0;
  for (let at = start; at < end; at++) {
    const digit = body[at]! - ZERO;
    if (digit < 0 || digit > 9) return undefined;
    number = number * 10 + digit;
  }
  return number < 1000 ? undefined : number;
}

const ZERO = '0'.charCodeAt(0);
const QUOTE = '"'.charCodeAt(0);
