import { type ContentCoding, type IncomingHeaders, isJson, isTooDeep, single } from '@app/ocpi';
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import { type Accepted } from './exchange';
import { HubError } from './hub-error';
import { tooMany, Unpacking } from './limits';

const CONTENT_ENCODING = 'content-encoding';
/**
 * An encoded body is unpacked up to this size to look into it: what a plain one may have by default. To unpack 4 MiB and
 * to read them takes up to 40 ms of a router's time. A larger one is a bomb or no OCPI message.
 */
const MAX_DECODED_BYTES = 4 * 1024 * 1024;

/** What gzip and deflate make of a byte at most. */
const MOST_OF_GZIP = 1_032;
/** Lists of objects become thirty times as short at best. Whoever sends that much has paid for it in bytes. */
const USUAL_RATIO = 32;

type Decoder = (bytes: Buffer, maxOutputLength: number) => Buffer;

const DECODERS: Readonly<Record<ContentCoding, Decoder>> = {
  identity: (bytes) => bytes,
  gzip: (bytes, maxOutputLength) => gunzipSync(bytes, { maxOutputLength }),
  'x-gzip': (bytes, maxOutputLength) => gunzipSync(bytes, { maxOutputLength }),
  deflate: (bytes, maxOutputLength) => inflateSync(bytes, { maxOutputLength }),
  br: (bytes, maxOutputLength) => brotliDecompressSync(bytes, { maxOutputLength }),
};

/** Of this process, whichever of its parts looks into a body. */
const unpacking = new Unpacking(() => performance.now());

/**
 * The plain bytes of a body, for looking only; what is forwarded stays encoded.
 *
 * @param by the platform that it comes from; null when nobody is to blame for it
 * @returns `undefined` when the encoding is unknown, the bytes do not decode within the limit, or the platform had too
 *   much unpacked lately
 */
export function decodedBody(
  body: Buffer,
  contentEncoding: string | undefined,
  by: string | null,
  maxBytes = MAX_DECODED_BYTES,
): Buffer | undefined {
  if (contentEncoding === undefined) return body;
  const known = unpackedInTurn;
  if (known?.body === body && known.contentEncoding === contentEncoding && known.maxBytes === maxBytes) {
    return known.plain;
  }
  const plain = decodedOnce(body, contentEncoding, by, maxBytes);
  if (unpackedInTurn === undefined) setImmediate(() => (unpackedInTurn = undefined));
  unpackedInTurn = { body, contentEncoding, maxBytes, plain };
  return plain;
}

/**
 * What was unpacked last in this turn of the event loop: a step may ask a body many questions. It is not kept for longer,
 * since a body of a hundred bytes may be megabytes when it is unpacked.
 */
let unpackedInTurn:
  | {
      readonly body: Buffer;
      readonly contentEncoding: string;
      readonly maxBytes: number;
      readonly plain: Buffer | undefined;
    }
  | undefined;

function decodedOnce(
  body: Buffer,
  contentEncoding: string,
  by: string | null,
  maxBytes: number,
): Buffer | undefined {
  const decoders: Readonly<Partial<Record<string, Decoder>>> = DECODERS;
  const decode = decoders[contentEncoding.trim().toLowerCase()];
  if (!decode || (by !== null && unpacking.waitMs(by) > 0)) return undefined;
  const plain = unpacked(() => decode(body, maxBytes));
  // What fails may have been unpacked nearly to its end.
  const bytes = plain?.length ?? Math.min(maxBytes, body.length * MOST_OF_GZIP);
  if (by !== null) unpacking.spend(by, bytes - body.length * USUAL_RATIO);
  return plain;
}

function unpacked(decode: () => Buffer): Buffer | undefined {
  try {
    return decode();
  } catch {
    return undefined;
  }
}

/**
 * The plain bytes of a request's body that the hub has to look into.
 *
 * @throws HubError `body_not_json` when it cannot be decoded, `too_many_requests` when too much was unpacked lately
 */
export function plainBody(body: Buffer, headers: IncomingHeaders, by: string): Buffer {
  const waitMs = unpacking.waitMs(by);
  if (waitMs > 0 && headers[CONTENT_ENCODING] !== undefined) {
    throw tooMany('too_many_requests', waitMs, 'its bodies unpack to too much');
  }
  const plain = decodedBody(body, single(headers[CONTENT_ENCODING]), by);
  if (plain) return plain;
  const most = `${MAX_DECODED_BYTES / 1024 / 1024} MiB`;
  throw new HubError('body_not_json', `Content-Encoding: use gzip, deflate, br or none, for ${most} at most`);
}

/**
 * An encoded body that the hub need not look into passes with its `Content-Encoding`.
 *
 * @throws HubError `body_not_json`, `body_too_deep`
 */
export function requireJson(message: Accepted): void {
  const { body, headers } = message;
  if (headers[CONTENT_ENCODING] !== undefined) return;
  if (body === null) requireNoBody(message);
  else if (!isJson(body)) throw notJson(body);
}

/** What is wrong with a body that the hub does not read as JSON. */
export function notJson(plain: Uint8Array): HubError {
  return new HubError(isTooDeep(plain) ? 'body_too_deep' : 'body_not_json');
}

/** @throws HubError `body_not_json` when the operation has a body */
export function requireNoBody({ method, operation }: Accepted): void {
  if (method !== 'GET' && method !== 'DELETE' && operation && !operation.bodyOptional) {
    throw new HubError('body_not_json', 'it is empty');
  }
}
