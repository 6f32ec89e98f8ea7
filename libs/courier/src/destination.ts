/**
 * Where a URL leads, without rewriting it: the WHATWG parser would resolve `..`, re-encode characters and
 * so change what the peer signed, logged or matches on. Only the origin is parsed, the rest is kept as written.
 */
import { CourierFault } from '@app/hub';

export interface Destination {
  /** Scheme and authority as written: `https://ocpi.example.com:8443`. */
  readonly head: string;
  /** Path and query as written, with a `/` before them when the URL has no path. */
  readonly target: string;
}

const URL_PARTS = /^(https?:\/\/[^/?#]+)(.*)$/is;
/** What may not stand in a request line: controls (CR and LF among them), space, and all beyond Latin-1. */
const UNSENDABLE = /[^!-~\u0080-\u00ff]/;

/**
 * Splits an absolute URL into what is dialled and what is written on the request line.
 *
 * @throws CourierFault `forbidden_destination` when it is not http(s) or cannot be sent as written
 */
export function splitUrl(url: string): Destination {
  const parts = URL_PARTS.exec(url);
  if (parts === null) throw forbidden(`not an http(s) URL`);
  const [, head = '', rest = ''] = parts;
  if (UNSENDABLE.test(rest)) throw forbidden('path or query holds a character that cannot be sent');
  return { head, target: rest.startsWith('/') ? rest : `/${rest}` };
}

/**
 * The origin to dial, in canonical form: `http://2130706433` and `http://0x7f.1` become `http://127.0.0.1`,
 * so that the guard judges the address that would really be connected to.
 *
 * @param head scheme and authority as written
 * @throws CourierFault `forbidden_destination` when it carries credentials, or hides a path in the authority
 */
export function canonicalOrigin(head: string): string {
  if (!URL.canParse(head)) throw forbidden('authority cannot be parsed');
  const { origin, pathname, username, password } = new URL(head);
  if (username !== '' || password !== '') throw forbidden('credentials in a URL');
  if (pathname !== '/') throw forbidden('backslash in the authority');
  return origin;
}

function forbidden(reason: string): CourierFault {
  return new CourierFault('forbidden_destination', { cause: new Error(reason) });
}
