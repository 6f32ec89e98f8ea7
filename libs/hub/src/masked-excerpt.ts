import { secretsOf, maskedText } from './capture/mask';
import { excerptOf } from './excerpt';

/** Bytes of an answer that are looked at: as many as an excerpt reads. */
const MAX_READ_BYTES = 4_096;
/** A credentials token behind the word that announces it. */
const ANNOUNCED_TOKEN = /\b(token|bearer|basic)([\s:=]+)[\w+/=.~-]{8,}/gi;

/**
 * The first printable characters of a platform's answer without the tokens in it.
 *
 * @param authorization the header that the hub showed to the platform, whose error pages may repeat it
 */
export function maskedExcerpt(body: Uint8Array, authorization: string | null): string {
  const text = Buffer.from(body.subarray(0, MAX_READ_BYTES)).toString();
  const masked = maskedText(text, secretsOf(authorization)).replace(ANNOUNCED_TOKEN, '$1$2***');
  return excerptOf(Buffer.from(masked));
}
