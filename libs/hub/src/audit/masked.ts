/** What the audit log keeps of inputs and states: everything but secrets, and not without end. */
import { hash } from 'node:crypto';

const MASK = '***';
/** Fields that hold a secret by their name, wherever they stand: `token_a`, `api_key`, `client_private_key`. */
const SECRET_FIELD = /token|secret|password|passphrase|private|authorization|credential|(^|_)key$/i;
/** A private key tells what it is, whatever its field is called. */
const SECRET_TEXT = /-----BEGIN [A-Z ]*PRIVATE KEY-----/;
/** Longer ones are told by size and hash: a platform with 1,000 parties needs about 150 kB, an import up to 1 MiB. */
const MAX_BYTES = 256 * 1024;

/** The same with its secrets masked; of something very large only how large it is, and its SHA-256. */
export function auditable(value: object | null): object | null {
  const masked = maskedIn(value) as object | null;
  const text = JSON.stringify(masked);
  const bytes = Buffer.byteLength(text);
  return bytes <= MAX_BYTES ? masked : { left_out: { bytes, sha256: hash('sha256', text, 'hex') } };
}

function maskedIn(value: unknown): unknown {
  if (typeof value === 'string') return SECRET_TEXT.test(value) ? MASK : value;
  if (Array.isArray(value)) return value.map(maskedIn);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).map(([name, held]) => [name, maskedField(name, held)]);
  return Object.fromEntries(fields) as object;
}

/** Numbers and truth values tell nothing: `token_grace_seconds` may be seen. */
function maskedField(name: string, held: unknown): unknown {
  const mayBeSecret = typeof held === 'string' || (typeof held === 'object' && held !== null);
  return mayBeSecret && SECRET_FIELD.test(name) ? MASK : maskedIn(held);
}
