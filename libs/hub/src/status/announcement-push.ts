import { type AddressedPush, type OutgoingPush } from '../ports';
import { type Announcement } from './announcements';

/** What a push needs besides its announcement. */
export interface PushParts {
  readonly newId: () => string;
  /** See `OutgoingPush`. */
  readonly maxAgeSeconds: number;
}

/**
 * An announcement as a push: one for a platform, whatever the number of its parties; no routing headers.
 *
 * The URL names a pair, the object a pair in a role: of a pair with two roles, neither replaces the other.
 *
 * Spec: 2.2.1-d2 mod_hub_client_info, Receiver Interface, PUT Method.
 */
export function announcementPush(
  { info, viewerIds }: Announcement,
  { newId, maxAgeSeconds }: PushParts,
): AddressedPush {
  const rest = `/${info.country_code}/${info.party_id}`;
  const object = `hubclientinfo${rest}/${info.role}`.toLowerCase();
  const push: OutgoingPush = {
    ...{ id: newId(), routing: 'none', module: 'hubclientinfo', method: 'PUT', rest, query: '' },
    headers: ['Content-Type', 'application/json'],
    body: Buffer.from(JSON.stringify(info)),
    object: { key: object, path: object },
    version: '2.2.1', // the object is the same in every version that the hub speaks
    ...{ requestId: newId(), correlationId: newId() },
    from: null,
    maxAgeSeconds,
  };
  return { push, legs: viewerIds.map((platformId) => ({ platformId, party: null })) };
}
