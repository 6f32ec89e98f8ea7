import { HubError } from '../hub-error';
import { Handshake } from './handshake';
import { refresh, type RegistrationParts } from './keep';
import { Peer } from './peer-api';
import { fetchVersions } from './peer-offer';

/**
 * Tries a versions URL that the operator names for a registered platform, with the platform's own token.
 *
 * @returns the URL to keep: with a last `/`, or without it, as the platform serves it
 * @throws HubError `not_registered`, `peer_unusable`
 */
export async function triedVersionsUrl(
  parts: RegistrationParts,
  platformId: string,
  versionsUrl: string,
): Promise<string> {
  const record = await refresh(parts, platformId);
  const { peerToken: token, tokenEncoding } = record ?? {};
  if (!token) throw new HubError('not_registered');
  const opening = { platformId, beganBy: 'hub', kind: 'update', correlationId: parts.newId() } as const;
  const peer = new Peer(parts, { platformId, token, tokenEncoding }, new Handshake(opening));
  return (await fetchVersions(peer, { versionsUrl })).versionsUrl;
}
