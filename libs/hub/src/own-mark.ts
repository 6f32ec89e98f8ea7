/** The mark by which the hub knows a request that it sent itself. */
import { hkdfSync } from 'node:crypto';
import { type IncomingHeaders, single } from '@app/ocpi';
import { HubError } from './hub-error';

/** The header of the mark. Every request of the hub carries it, and none that a client sends crosses the hub. */
export const OWN_MARK_HEADER = 'X-Hub-Via';
const HEADER_KEY = OWN_MARK_HEADER.toLowerCase();

const MARK_BYTES = 15;
const MARK_PURPOSE = 'mark of own requests';

/**
 * The mark of a hub: equal in all of its processes, and not to be guessed. A receiver can read it, and can use it for
 * nothing but to have requests of its own refused.
 */
export function ownMark(encryptionKey: Buffer): string {
  return Buffer.from(hkdfSync('sha256', encryptionKey, '', MARK_PURPOSE, MARK_BYTES)).toString('base64url');
}

/** Requires that a request is not one that the hub sent. @throws HubError `message_loop` */
export function requireNotOwn(headers: IncomingHeaders, mark: string): void {
  const shown = headers[HEADER_KEY];
  if (shown === undefined) return;
  const marks = single(shown)!
    .split(',')
    .map((each) => each.trim());
  if (marks.includes(mark)) throw new HubError('message_loop');
}
