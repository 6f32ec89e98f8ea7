import { type ContentCoding, type IncomingHeaders, isJson, single } from '@app/ocpi';
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import { type Accepted } from './exchange';
import { HubError } from './hub-error';

const CONTENT_ENCODING = 'content-encoding';
/**
 * An encoded body is unpacked up to this size to look into it: twice what a plain one may have by default, and 15 ms
 * of a router's time. A larger one is a bomb or no OCPI message.
 */
const MAX_DECODED_BYTES = 8 * 1024 * 1024;

type Decoder = (bytes: Buffer, maxOutputLength: number) => Buffer;

const DECODERS: Readonly<Record<ContentCoding, Decoder>> = {
  identity: (bytes) => bytes,
  gzip: (bytes, maxOutputLength) => gunzipSync(bytes, { maxOutputLength }),
  'x-gzip': (bytes, maxOutputLength) => gunzipSync(bytes, { maxOutputLength }),
  deflate: (bytes, maxOutputLength) => inflateSync(bytes, { maxOutputLength }),
  br: (bytes, maxOutputLength) => brotliDecompressSync(bytes, { maxOutputLength }),
};

/**
 * The plain bytes of a body, for looking only; what is forwarded stays encoded.
 *
 * @returns `undefined` when the encoding is unknown or the bytes do not decode within the limit
 */
export function decodedBody(
  body: Buffer,
  contentEncoding: string | undefined,
  maxBytes = MAX_DECODED_BYTES,
): Buffer | undefined {
  if (contentEncoding === undefined) return body;
  try {
    const decoders: Readonly<Partial<Record<string, Decoder>>> = DECODERS;
    return decoders[contentEncoding.trim().toLowerCase()]?.(body, maxBytes);
  } catch {
    return undefined;
  }
}

/**
 * The plain bytes of a request's body that the hub has to look into.
 *
 * @throws HubError `body_not_json` when it cannot be decoded
 */
export function plainBody(body: Buffer, headers: IncomingHeaders): Buffer {
  const plain = decodedBody(body, single(headers[CONTENT_ENCODING]));
  if (plain) return plain;
  const most = `${MAX_DECODED_BYTES / 1024 / 1024} MiB`;
  throw new HubError('body_not_json', `Content-Encoding: use gzip, deflate, br or none, for ${most} at most`);
}

/**
 * An encoded body that the hub need not look into passes with its `Content-Encoding`.
 *
 * @throws HubError `body_not_json`
 */
export function requireJson(message: Accepted): void {
  const { body, headers } = message;
  if (headers[CONTENT_ENCODING] !== undefined) return;
  if (body === null) requireNoBody(message);
  else if (!isJson(body)) throw new HubError('body_not_json');
}

/** @throws HubError `body_not_json` when the operation has a body */
export function requireNoBody({ method, operation }: Accepted): void {
  if (method !== 'GET' && method !== 'DELETE' && operation && !operation.bodyOptional) {
    throw new HubError('body_not_json', 'it is empty');
  }
}
