/** What every way of registering ends with, whoever began it: the registration is written, and this process follows. */
import { type Party, partyKey, sameParty } from '@app/ocpi';
import { HubError } from '../hub-error';
import {
  type DirectoryListener,
  type PlatformRecord,
  type PlatformStore,
  type Registration,
  type RegistrationLimits,
  type RegistrationOutcome,
} from '../ports';
import { type Credentials, type HubIdentity } from './credentials-object';
import { type HandshakeParts } from './handshake';
import { type Peer, type PeerParts } from './peer-api';
import { type PeerOffer } from './peer-offer';
import { hashToken } from './secret';

export interface RegistrationParts extends PeerParts, HandshakeParts {
  readonly store: PlatformStore;
  /** Told at once what this process registered. */
  readonly directory: Pick<DirectoryListener, 'platformChanged'>;
  /** How long a replaced token goes on working unless the new one is used first, in seconds. */
  readonly tokenGraceSeconds: number;
  readonly limits: RegistrationLimits;
  /** What the operator did not announce waits for him. */
  readonly partyApproval: boolean;
}

/** What both sides said in a handshake. */
export interface Agreed {
  readonly platformId: string;
  readonly kind: Registration['kind'];
  /** Hash of the token that opened the handshake. */
  readonly openedByHash: string;
  readonly token: string;
  readonly credentials: Credentials;
  readonly offer: PeerOffer;
  /** Where the platform lists its versions; `offer.versionsUrl` when left out. */
  readonly versionsUrl?: string;
  /** As it was last asked. */
  readonly peer: Pick<Peer, 'tokenEncoding' | 'urlOf' | 'handshake'>;
  /** The platform began the handshake. */
  readonly isAsked?: boolean;
}

/** What is written of it, with the grace that replaced tokens have from now on. */
function registrationOf(parts: RegistrationParts, agreed: Agreed): Registration {
  const { platformId, kind, openedByHash, token, credentials, offer, peer, isAsked = false } = agreed;
  return {
    platformId,
    kind,
    openedByHash,
    approval: parts.partyApproval,
    version: offer.version,
    versionsUrl: agreed.versionsUrl ?? offer.versionsUrl,
    peerToken: credentials.token,
    tokenEncoding: peer.tokenEncoding,
    parties: credentials.parties,
    endpoints: offer.endpoints.map((endpoint) => ({ ...endpoint, url: peer.urlOf(endpoint.url) })),
    issuedTokenHash: hashToken(token),
    graceUntil: new Date(parts.now().getTime() + parts.tokenGraceSeconds * 1000),
    limits: isAsked ? parts.limits : { ...parts.limits, updatesPerHour: null },
  };
}

/** Writes what both sides said, or throws what the store refuses it for. @returns the platform as it is from then on */
export async function keep(parts: RegistrationParts, agreed: Agreed): Promise<PlatformRecord | undefined> {
  agreed.peer.handshake.step = 'save';
  const registration = registrationOf(parts, agreed);
  const result = await parts.store.register(registration, parts.now());
  if (result.outcome !== 'done') throw outcomeError(result);
  return refresh(parts, registration.platformId);
}

function outcomeError(result: Exclude<RegistrationOutcome, { outcome: 'done' }>): HubError {
  // As it would be answered a moment later: the token that opened the handshake opens nothing any more.
  if (result.outcome === 'not_invited')
    return new HubError('unauthorized', 'this token A was used or replaced a moment ago');
  if (result.outcome === 'limit_reached') {
    return new HubError(result.limit, result.detail, { retryAfterSeconds: result.retryAfterSeconds });
  }
  if (!('party' in result)) return new HubError(result.outcome);
  return new HubError(result.outcome, `${result.party.role} ${partyKey(result.party)}`);
}

/** This process follows before it calls the platform or answers it; the others follow by notification. */
export async function refresh(
  parts: RegistrationParts,
  platformId: string,
): Promise<PlatformRecord | undefined> {
  const record = await parts.store.find(platformId);
  parts.directory.platformChanged(platformId, record);
  return record;
}

/** The hub's own party is nobody else's. @throws HubError `party_taken` */
export function requireNotHub(parties: readonly Party[], hub: HubIdentity): void {
  if (parties.some((party) => sameParty(party, hub.party))) {
    throw new HubError('party_taken', `${partyKey(hub.party)} is the hub`);
  }
}
