/** Peers' tokens at rest: AES-256-GCM, bound to the platform that they belong to. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** First byte of everything sealed, so that another form can stand beside this one later. */
const FORM = 1;

/** Seals and opens the tokens that peers gave to the hub. */
export interface Seal {
  close(token: string, platformId: string): Buffer;
  /** @throws when no key is the right one, the bytes were changed, or they belong to another platform */
  open(sealed: Buffer, platformId: string): string;
  /**
   * The same under the current key; null when it is sealed with that one already.
   *
   * @throws like `open`
   */
  renew(sealed: Buffer, platformId: string): Buffer | null;
}

/**
 * A seal that closes with one key and opens with that or an older one.
 *
 * Layout: form (1 byte) · nonce (12, random for each sealing) · tag (16) · ciphertext. The platform's id is
 * authenticated with it: a token copied to another platform's row does not open there.
 *
 * @param key 32 bytes
 * @param previous keys that it was before, 32 bytes each
 * @throws RangeError when a key has another length
 */
export function sealWith(key: Buffer, previous: readonly Buffer[] = []): Seal {
  const keys = [key, ...previous];
  if (keys.some(({ length }) => length !== KEY_BYTES))
    throw new RangeError(`an encryption key must have ${KEY_BYTES} bytes`);
  return {
    close: (token, platformId) => close(key, token, platformId),
    open: (sealed, platformId) => openWith(keys, sealed, platformId).token,
    renew: (sealed, platformId) => {
      const { token, by } = openWith(keys, sealed, platformId);
      return by === key ? null : close(key, token, platformId);
    },
  };
}

interface Opened {
  readonly token: string;
  readonly by: Buffer;
}

/** The tag tells a wrong key from the right one; the current key is tried first, since it opens nearly all. */
function openWith(keys: readonly Buffer[], sealed: Buffer, platformId: string): Opened {
  const failed: unknown[] = [];
  for (const by of keys) {
    try {
      return { token: open(by, sealed, platformId), by };
    } catch (error) {
      failed.push(error);
    }
  }
  throw failed[0];
}

function close(key: Buffer, token: string, platformId: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES }).setAAD(
    Buffer.from(platformId),
  );
  const text = Buffer.concat([cipher.update(token, 'utf8'), cipher.final()]);
  return Buffer.concat([Buffer.of(FORM), nonce, cipher.getAuthTag(), text]);
}

function open(key: Buffer, sealed: Buffer, platformId: string): string {
  if (sealed[0] !== FORM) throw new Error('sealed in a form that this version does not know');
  const textAt = 1 + NONCE_BYTES + TAG_BYTES;
  const nonce = sealed.subarray(1, 1 + NONCE_BYTES);
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(platformId)).setAuthTag(sealed.subarray(1 + NONCE_BYTES, textAt));
  return decipher.update(sealed.subarray(textAt), undefined, 'utf8') + decipher.final('utf8');
}
