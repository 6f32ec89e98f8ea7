/**
 * Which hosts are a platform's own. The hub sends its token for that platform to a URL that a peer wrote into a
 * message, so the URL must lead to where the platform registered from, or where the operator allowed it to.
 */
import { type PlatformEntry } from '../directory';

const HEAD = /^https?:\/\/[^/?#]+/i;
const HOST_NAME = /^[a-z0-9.-]{1,253}(?::[1-9][0-9]{0,4})?$|^\[[0-9a-f:.]{2,45}\](?::[1-9][0-9]{0,4})?$/i;

/** Where a URL leads to. */
export interface Destination {
  /** `https://cpo.example`, in canonical form. */
  readonly origin: string;
  /** `cpo.example:443`: the port is always there. */
  readonly host: string;
}

/**
 * Where an absolute http(s) URL leads to.
 *
 * @returns `undefined` for any other URL, and for one with a user name or a backslash in the authority
 */
export function destinationOf(url: string): Destination | undefined {
  const head = HEAD.exec(url)?.[0];
  if (head === undefined || !URL.canParse(head)) return undefined;
  const { protocol, hostname, port, pathname, username, password, origin } = new URL(head);
  if (pathname !== '/' || username !== '' || password !== '') return undefined;
  return { origin, host: `${hostname}:${port || (protocol === 'https:' ? '443' : '80')}` };
}

/** Whether a text is a host as the operator writes it: `cpo.example`, `cpo.example:8443`, `[2001:db8::1]:443`. */
export function isHostName(text: string): boolean {
  return HOST_NAME.test(text) && destinationOf(`https://${text}`) !== undefined;
}

/**
 * Whether a destination is a platform's own. Of its versions URL and endpoints the scheme counts too: `http://`
 * on a host that registered with `https://` would send the token in plain. Of a host that the operator allowed,
 * the port decides, 443 when left out.
 */
export function isOwn({ record }: PlatformEntry, { origin, host }: Destination): boolean {
  const registered = [
    ...(record.versionsUrl === null ? [] : [record.versionsUrl]),
    ...record.endpoints.map(({ url }) => url),
  ];
  return (
    registered.some((url) => destinationOf(url)?.origin === origin) ||
    record.allowedHosts.some((allowed) => destinationOf(`https://${allowed}`)?.host === host)
  );
}
