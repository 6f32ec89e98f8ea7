/**
 * Handshakes that the hub begins: it registers itself at a platform, or gives it a new token.
 *
 * Spec: 2.2.1-d2 credentials, Registration, Updating the credentials and resetting the credentials token.
 */
import { asHubError, HubError } from '../hub-error';
import { type RefusalCode } from '../refusals';
import { type PlatformRecord } from '../ports';
import { type Credentials, hubCredentials, parseCredentials } from './credentials-object';
import { type Handshake, runHandshake } from './handshake';
import { type Agreed, keep, refresh, type RegistrationParts, requireNotHub } from './keep';
import { Peer, type PeerRequest } from './peer-api';
import { fetchOffer, type PeerOffer, versionsUrlToKeep } from './peer-offer';
import { hashToken, newToken } from './secret';

/** Where and as what the hub registers itself. */
export interface PeerInvitation {
  readonly versionsUrl: string;
  readonly tokenA: string;
  readonly correlationId: string;
}

/**
 * The hub registers itself at a platform. What the platform accepted and the hub then cannot keep is taken back;
 * the token A that the operator handed out works on until a registration succeeds.
 *
 * @throws HubError as `registerPlatform`; `handshake_running`
 */
export function registerAtPeer(
  parts: RegistrationParts,
  platformId: string,
  invitation: PeerInvitation,
): Promise<void> {
  const { correlationId } = invitation;
  const opening = { platformId, beganBy: 'hub', kind: 'register', correlationId } as const;
  return runHandshake(parts, opening, (handshake) =>
    withLentToken(parts, platformId, async (token, openedByHash) => {
      handshake.hide(token);
      const record = await refresh(parts, platformId);
      if (record?.peerToken) throw new HubError('already_registered');
      await registerThere(parts, { platformId, token, openedByHash, invitation }, handshake);
    }),
  );
}

interface First {
  readonly platformId: string;
  readonly token: string;
  readonly openedByHash: string;
  readonly invitation: PeerInvitation;
}

async function registerThere(parts: RegistrationParts, first: First, handshake: Handshake): Promise<void> {
  const { platformId, token, openedByHash, invitation } = first;
  const peer = new Peer(parts, { platformId, token: invitation.tokenA }, handshake);
  const offer = await fetchOffer(peer, invitation);
  const url = credentialsUrl(offer);
  const credentials = await handOver(peer, { method: 'POST', url }, hubCredentials(parts.hub, token));
  const { tokenEncoding } = peer;
  const registered = new Peer(parts, { platformId, token: credentials.token, tokenEncoding }, handshake);
  try {
    requireNotHub(credentials.parties, parts.hub);
    const versionsUrl = await versionsUrlToKeep(registered, credentials.url, offer.versionsUrl);
    await keep(parts, {
      platformId,
      kind: 'first',
      openedByHash,
      token,
      credentials,
      offer,
      versionsUrl,
      peer,
    });
  } catch (error) {
    await takeBack(registered, url);
    throw error;
  }
}

/** The platform took a registration that the hub cannot keep. What it answers changes nothing that the operator reads. */
async function takeBack(peer: Peer, url: string): Promise<void> {
  const { handshake } = peer;
  const { step, answer } = handshake;
  await peer.ask({ step: 'credentials', method: 'DELETE', url }).catch(() => undefined);
  Object.assign(handshake, { step, answer });
}

/**
 * The hub gives a registered platform a new token. Its old one goes on working as after a PUT of the platform's
 * own; when the platform refuses, or does not answer, nothing is changed.
 *
 * @returns why the parties that the platform answered with could not be taken; it keeps those that it had
 * @throws HubError `not_registered`, `handshake_running`, `peer_unusable`, `no_common_version`,
 *   `no_common_endpoints`, `credentials_malformed`
 */
export function rotateToken(
  parts: RegistrationParts,
  platformId: string,
  correlationId: string,
): Promise<HubError | undefined> {
  const opening = { platformId, beganBy: 'hub', kind: 'rotate', correlationId } as const;
  return runHandshake(parts, opening, (handshake) =>
    withLentToken(parts, platformId, async (token, openedByHash) => {
      handshake.hide(token);
      const record = await refresh(parts, platformId);
      const { peerToken, versionsUrl, version } = record ?? {};
      if (!record || !peerToken || !versionsUrl || !version) throw new HubError('not_registered');
      const access = { platformId, token: peerToken, tokenEncoding: record.tokenEncoding };
      const peer = new Peer(parts, access, handshake);
      const offer = await fetchOffer(peer, { versionsUrl, wanted: version });
      const request = { method: 'PUT', url: credentialsUrl(offer) };
      const credentials = await handOver(peer, request, hubCredentials(parts.hub, token));
      const renewed = new Peer(parts, { ...access, token: credentials.token }, handshake);
      const kept = await versionsUrlToKeep(renewed, credentials.url, offer.versionsUrl);
      const both = { credentials, offer, versionsUrl: kept, peer };
      return keepRotated(parts, { platformId, kind: 'update', openedByHash, token, ...both }, record);
    }),
  );
}

/**
 * A new token, lent as a token A: the platform fetches the hub's versions with it while it handles the handshake.
 * It is lent before anything is read, so that a second handshake cannot go by what the first one replaces, and
 * dead when the handshake fails.
 *
 * @throws HubError `handshake_running`
 */
async function withLentToken<T>(
  { store, now, timeoutMs }: RegistrationParts,
  platformId: string,
  handshake: (token: string, hash: string) => Promise<T>,
): Promise<T> {
  const token = newToken();
  const hash = hashToken(token);
  // Two requests for what the platform offers, the POST or PUT, and a look at the versions URL that it names; one of
  // them again if the token is to be shown plain.
  const until = new Date(now().getTime() + 5 * timeoutMs);
  if (!(await store.lendTokenA(platformId, hash, until, now()))) throw new HubError('handshake_running');
  try {
    return await handshake(token, hash);
  } catch (error) {
    await store.withdrawTokenA(platformId, hash).catch(() => undefined); // it ends by itself, only later
    throw error;
  }
}

async function handOver(
  peer: Peer,
  request: Pick<PeerRequest, 'method' | 'url'>,
  body: Record<string, unknown>,
): Promise<Credentials> {
  const data = await peer.ask({ ...request, step: 'credentials', body });
  return parseCredentials(Buffer.from(JSON.stringify(data ?? null)));
}

function credentialsUrl({ endpoints, versionsUrl }: PeerOffer): string {
  const url = endpoints.find((endpoint) => endpoint.module === 'credentials')?.url;
  if (!url) throw new HubError('no_common_endpoints', `${versionsUrl} lists no credentials endpoint`);
  return url;
}

/** About what the platform says that it has, and not about whether it can be spoken to. */
const ABOUT_CONTENT: readonly RefusalCode[] = [
  ...(['party_taken', 'party_not_announced', 'parties_limit', 'custom_modules_limit'] as const),
];

/** The platform uses the new tokens by now: to refuse them for what it says of its parties would lock it out. */
async function keepRotated(
  parts: RegistrationParts,
  agreed: Agreed,
  { parties, waiting = [], endpoints }: PlatformRecord,
): Promise<HubError | undefined> {
  try {
    requireNotHub(agreed.credentials.parties, parts.hub);
    await keep(parts, agreed);
    return undefined;
  } catch (error) {
    const refusal = asHubError(error);
    if (!ABOUT_CONTENT.includes(refusal.code)) throw error;
    const held = parties.filter((party) => party.held && party.status !== 'PLANNED');
    const credentials = { ...agreed.credentials, parties: [...held, ...waiting] };
    const isLimit = refusal.code.endsWith('_limit');
    const offer = isLimit ? { ...agreed.offer, endpoints } : agreed.offer;
    await keep(parts, { ...agreed, credentials, offer });
    agreed.peer.handshake.note(`its parties stay as they were: ${refusal.message}`);
    return refusal;
  }
}
