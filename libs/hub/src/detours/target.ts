import { sendableUrl } from '@app/ocpi';
import { type PlatformEntry } from '../directory';
import { HubError } from '../hub-error';
import { REFUSALS } from '../refusals';
import { MAX_TARGET_CHARACTERS } from './limits';
import { type Destination, destinationOf, isOwn } from './peer-hosts';

/** What a URL that a peer wrote into a message is worth. */
export type Target =
  | { readonly kind: 'own'; readonly url: string }
  /** Not on an origin of the platform. `where` names the origin, and what makes it one. */
  | { readonly kind: 'elsewhere'; readonly where: string }
  /** Not an absolute http(s) URL, or too long. */
  | { readonly kind: 'malformed' };

/**
 * Looks at a URL that is to lead to a platform.
 *
 * @param encoding what its characters beyond ASCII are: text of a body, or the bytes of a header
 */
export function targetAt(platform: PlatformEntry, text: string, encoding: 'utf8' | 'latin1'): Target {
  const url = sendableUrl(text, encoding);
  const destination = destinationOf(url);
  if (destination === undefined || url.length > MAX_TARGET_CHARACTERS) return { kind: 'malformed' };
  return isOwn(platform, destination)
    ? { kind: 'own', url }
    : { kind: 'elsewhere', where: notOwn(destination) };
}

/**
 * Requires that a URL which was kept still leads to its platform: the platform may have moved, or the operator
 * withdrawn an allowed host, and the hub would send the platform's new token to the old host.
 *
 * @throws HubError `callback_moved`; the operator reads the origin and the way out
 */
export function requireStillOwn(platform: PlatformEntry, url: string): void {
  const destination = destinationOf(url);
  if (destination && isOwn(platform, destination)) return;
  const where = destination ? notOwn(destination) : 'not an absolute http or https URL';
  throw new HubError('callback_moved', undefined, {
    forOperator: `${REFUSALS.callback_moved.message}: ${where}`,
  });
}

/** Names an origin that is not a platform's own: scheme, host and port count, `http` where `https` is registered too. */
function notOwn({ origin, host }: Destination): string {
  return `${origin}; the operator of the hub can allow it by the allowed-hosts entry ${host}`;
}

/**
 * Looks at the URL of a next page. Behind a proxy that ends TLS many peers write `http:` into their `Link`: such a URL
 * on a host that registered with `https:` is taken as the `https:` one, and the token is never sent in plain.
 */
export function nextPageAt(platform: PlatformEntry, text: string): Target {
  const target = targetAt(platform, text, 'latin1');
  if (target.kind !== 'elsewhere') return target;
  const secure = PLAIN_HTTP.exec(text.trim());
  if (!secure) return target;
  const [, host = '', port, rest = ''] = secure;
  const others = port === undefined || port === ':80' ? ['', ':443'] : [port];
  const upgraded = others.map((each) => targetAt(platform, `https://${host}${each}${rest}`, 'latin1'));
  return upgraded.find(({ kind }) => kind === 'own') ?? target;
}

const PLAIN_HTTP = /^http:\/\/([^/?#:@[\]]+|\[[0-9a-f:.]+\])(:\d+)?([/?#].*)?$/is;
