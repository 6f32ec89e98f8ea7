import { sendableUrl } from '@app/ocpi';
import { type PlatformEntry } from '../directory';
import { MAX_TARGET_CHARACTERS } from './limits';
import { destinationOf, isOwn } from './peer-hosts';

/** What a URL that a peer wrote into a message is worth. */
export type Target =
  | { readonly kind: 'own'; readonly url: string }
  /** On a host that is not the platform's. */
  | { readonly kind: 'elsewhere'; readonly host: string }
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
  return isOwn(platform, destination) ? { kind: 'own', url } : { kind: 'elsewhere', host: destination.host };
}
