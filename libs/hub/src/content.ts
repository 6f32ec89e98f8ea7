import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';

/** An encoded body is unpacked up to this size to look into it: a larger one is a bomb or no OCPI message. */
const MAX_DECODED_BYTES = 64 * 1024 * 1024;

const DECODERS: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  identity: (bytes) => bytes,
  gzip: (bytes) => gunzipSync(bytes, { maxOutputLength: MAX_DECODED_BYTES }),
  'x-gzip': (bytes) => gunzipSync(bytes, { maxOutputLength: MAX_DECODED_BYTES }),
  deflate: (bytes) => inflateSync(bytes, { maxOutputLength: MAX_DECODED_BYTES }),
  br: (bytes) => brotliDecompressSync(bytes, { maxOutputLength: MAX_DECODED_BYTES }),
};

/**
 * The plain bytes of a body, for looking only; what is forwarded stays encoded.
 *
 * @returns `undefined` when the encoding is unknown or the bytes do not decode within the limit
 */
export function decodedBody(body: Buffer, contentEncoding: string | undefined): Buffer | undefined {
  if (contentEncoding === undefined) return body;
  try {
    return DECODERS[contentEncoding.trim().toLowerCase()]?.(body);
  } catch {
    return undefined;
  }
}
