/**
 * Registering, updating and unregistering a platform.
 *
 * Spec: 2.2.1-d2 credentials, Registration, Updating to a newer version, POST, PUT and DELETE Method.
 */
import { type Party, partyKey, sameParty, type Version } from '@app/ocpi';
import { type PlatformEntry } from '../directory';
import { HubError } from '../hub-error';
import {
  type DirectoryListener,
  type PlatformRecord,
  type PlatformStore,
  type Registration,
  type RegistrationOutcome,
} from '../ports';
import { type Credentials, type HubIdentity, hubCredentials, parseCredentials } from './credentials-object';
import { ask, fetchOffer, type PeerOffer, type PeerParts } from './peer-api';
import { hashToken, newToken } from './secret';

export interface RegistrationParts extends PeerParts {
  readonly store: PlatformStore;
  /** Told at once what this process registered. */
  readonly directory: Pick<DirectoryListener, 'platformChanged'>;
  readonly hub: HubIdentity;
  /** How long a replaced token goes on working unless the new one is used first, in seconds. */
  readonly tokenGraceSeconds: number;
  readonly now: () => Date;
}

/** POST (`first`) or PUT (`update`) of credentials by a platform. */
export interface CredentialsRequest {
  readonly platform: PlatformEntry;
  readonly kind: Registration['kind'];
  /** The version of the credentials endpoint that was called: the one that is registered. */
  readonly version: Version;
  readonly body: Buffer | null;
}

/**
 * Registers or updates the calling platform. All or nothing: a refusal leaves tokens, endpoints and parties
 * as they were.
 *
 * @returns the hub's credentials with the platform's new token
 * @throws HubError `already_registered`, `not_registered`, `credentials_malformed`, `party_taken`,
 *   `party_not_announced`, `peer_unusable`, `no_common_version`, `no_common_endpoints`
 */
export async function registerPlatform(
  parts: RegistrationParts,
  { platform, kind, version, body }: CredentialsRequest,
): Promise<Record<string, unknown>> {
  const registered = platform.authorization !== null;
  if (registered !== (kind === 'update'))
    throw new HubError(registered ? 'already_registered' : 'not_registered');
  const credentials = parseCredentials(body);
  requireNotHub(credentials.parties, parts.hub);
  const access = { platformId: platform.id, token: credentials.token };
  const offer = await fetchOffer(parts, access, credentials.url, version);
  const token = newToken();
  await store(parts, registrationOf(parts, { platformId: platform.id, kind, token, credentials, offer }));
  return hubCredentials(parts.hub, token);
}

/** Ends a platform's registration at its own wish. @throws HubError `not_registered` */
export async function unregisterPlatform(parts: RegistrationParts, platformId: string): Promise<void> {
  if (!(await parts.store.unregister(platformId, parts.now()))) throw new HubError('not_registered');
  await refresh(parts, platformId);
}

/** Ends a platform's registration at the operator's wish and tells the platform, as far as it can be reached. */
export async function dismissPlatform(parts: RegistrationParts, platformId: string): Promise<void> {
  const record = await refresh(parts, platformId);
  const url = record?.endpoints.find((endpoint) => endpoint.module === 'credentials')?.url;
  const token = record?.peerToken;
  if (url && token) await ask(parts, { platformId, token, method: 'DELETE', url }).catch(() => undefined);
  await unregisterPlatform(parts, platformId);
}

/**
 * The hub registers itself at a platform.
 *
 * The token that the platform will use is made first and lent as a token A, so that the platform can fetch the
 * hub's versions while it handles the POST. What the platform accepted and the hub then cannot keep is taken
 * back; the token A that the operator handed out works on until a registration succeeds.
 *
 * @throws HubError as `registerPlatform`
 */
export async function registerAtPeer(
  parts: RegistrationParts,
  platformId: string,
  peer: { readonly versionsUrl: string; readonly tokenA: string },
): Promise<void> {
  const record = await refresh(parts, platformId);
  if (record?.peerToken) throw new HubError('already_registered');
  const offer = await fetchOffer(parts, { platformId, token: peer.tokenA }, peer.versionsUrl);
  const url = offer.endpoints.find((endpoint) => endpoint.module === 'credentials')?.url;
  if (!url) throw new HubError('no_common_endpoints', `${peer.versionsUrl} lists no credentials endpoint`);
  const token = newToken();
  await parts.store.lendTokenA(platformId, hashToken(token), lentUntil(parts), parts.now());
  const body = hubCredentials(parts.hub, token);
  const data = await ask(parts, { platformId, token: peer.tokenA, method: 'POST', url, body });
  const credentials = parseCredentials(Buffer.from(JSON.stringify(data ?? null)));
  try {
    requireNotHub(credentials.parties, parts.hub);
    await store(parts, registrationOf(parts, { platformId, kind: 'first', token, credentials, offer }));
  } catch (error) {
    await ask(parts, { platformId, token: credentials.token, method: 'DELETE', url }).catch(() => undefined);
    throw error;
  }
}

/** The POST to the platform, and the two requests that it makes meanwhile. */
function lentUntil({ now, timeoutMs }: RegistrationParts): Date {
  return new Date(now().getTime() + 3 * timeoutMs);
}

interface Agreed {
  readonly platformId: string;
  readonly kind: Registration['kind'];
  readonly token: string;
  readonly credentials: Credentials;
  readonly offer: PeerOffer;
}

function registrationOf(parts: RegistrationParts, agreed: Agreed): Registration {
  const { platformId, kind, token, credentials, offer } = agreed;
  return {
    platformId,
    kind,
    version: offer.version,
    versionsUrl: credentials.url,
    peerToken: credentials.token,
    parties: credentials.parties,
    endpoints: offer.endpoints,
    issuedTokenHash: hashToken(token),
    graceUntil: new Date(parts.now().getTime() + parts.tokenGraceSeconds * 1000),
  };
}

async function store(parts: RegistrationParts, registration: Registration): Promise<void> {
  const result = await parts.store.register(registration, parts.now());
  if (result.outcome !== 'done') throw outcomeError(result);
  await refresh(parts, registration.platformId);
}

function outcomeError(result: Exclude<RegistrationOutcome, { outcome: 'done' }>): HubError {
  if (!('party' in result)) return new HubError(result.outcome);
  return new HubError(result.outcome, `${result.party.role} ${partyKey(result.party)}`);
}

/** This process follows before it calls the platform or answers it; the others follow by notification. */
async function refresh(parts: RegistrationParts, platformId: string): Promise<PlatformRecord | undefined> {
  const record = await parts.store.find(platformId);
  parts.directory.platformChanged(platformId, record);
  return record;
}

function requireNotHub(parties: readonly Party[], hub: HubIdentity): void {
  if (parties.some((party) => sameParty(party, hub.party))) {
    throw new HubError('party_taken', `${partyKey(hub.party)} is the hub`);
  }
}
