/**
 * Registering, updating and unregistering a platform that asks for it, and ending a registration.
 *
 * Spec: 2.2.1-d2 credentials, Registration, Updating to a newer version, POST, PUT and DELETE Method.
 */
import { type IncomingHeaders, type Party, partyKey, type Version } from '@app/ocpi';
import { plainBody } from '../content';
import { type PlatformEntry } from '../directory';
import { HubError } from '../hub-error';
import { type PlatformRecord, type Registration } from '../ports';
import { hubCredentials, parseCredentials } from './credentials-object';
import { type Handshake, runHandshake } from './handshake';
import { keep, refresh, type RegistrationParts, requireNotHub } from './keep';
import { Peer } from './peer-api';
import { fetchOffer } from './peer-offer';
import { newToken } from './secret';

/** POST (`first`) or PUT (`update`) of credentials by a platform. */
export interface CredentialsRequest {
  readonly platform: PlatformEntry;
  /** Hash of the token that was presented. */
  readonly tokenHash: string;
  readonly kind: Registration['kind'];
  readonly correlationId: string;
  /** The version of the credentials endpoint that was called: the one that is registered. */
  readonly version: Version;
  readonly body: Buffer | null;
  /** They say how the body is encoded. */
  readonly headers: IncomingHeaders;
}

/** The hub's credentials with the platform's new token, and what the platform should know. */
interface Registered {
  readonly data: Record<string, unknown>;
  readonly message: string | undefined;
}

/**
 * Registers or updates the calling platform. All or nothing: a refusal leaves tokens, endpoints and parties
 * as they were.
 *
 * @returns the hub's credentials with the platform's new token, and what the platform is to know of its parties
 * @throws HubError `already_registered`, `not_registered`, `credentials_malformed`, `party_taken`,
 *   `party_not_announced`, `peer_unusable`, `no_common_version`, `no_common_endpoints`, `parties_limit`,
 *   `custom_modules_limit`, `credentials_updates_limit`
 */
export function registerPlatform(parts: RegistrationParts, request: CredentialsRequest): Promise<Registered> {
  const { platform, kind, correlationId } = request;
  const name = kind === 'first' ? 'register' : 'update';
  const opening = { platformId: platform.id, beganBy: 'platform', kind: name, correlationId } as const;
  return runHandshake(parts, opening, (handshake) => registered(parts, request, handshake));
}

async function registered(
  parts: RegistrationParts,
  { platform, tokenHash, kind, version, body, headers }: CredentialsRequest,
  handshake: Handshake,
): Promise<Registered> {
  handshake.version = version;
  const isRegistered = platform.authorization !== null;
  if (isRegistered !== (kind === 'update'))
    throw new HubError(isRegistered ? 'already_registered' : 'not_registered');
  const credentials = parseCredentials(body && plainBody(body, headers, platform.id));
  requireNotHub(credentials.parties, parts.hub);
  const peer = new Peer(parts, { platformId: platform.id, token: credentials.token }, handshake);
  const worked = platform.record.versionsUrl;
  const offer = await fetchOffer(peer, { versionsUrl: credentials.url, wanted: version, worked });
  const token = newToken();
  const said = { token, credentials, offer, peer, isAsked: true };
  const record = await keep(parts, { platformId: platform.id, kind, openedByHash: tokenHash, ...said });
  noteWaiting(record?.waiting ?? [], handshake);
  return { data: hubCredentials(parts.hub, token), message: handshake.noted ?? undefined };
}

/** Parties in one message; the others are counted. */
const MAX_NAMED = 10;

/** Says what waits for the operator. */
function noteWaiting(waiting: readonly Party[], handshake: Handshake): void {
  if (waiting.length === 0) return;
  const names = waiting.slice(0, MAX_NAMED).map((party) => `${party.role} ${partyKey(party)}`);
  const more = waiting.length > MAX_NAMED ? ` and ${waiting.length - MAX_NAMED} more` : '';
  handshake.note(
    `registered; until the hub's operator approves them, these parties wait: ${names.join(', ')}${more}`,
  );
}

/** Ends a platform's registration at its own wish. @throws HubError `not_registered` */
export function unregisterPlatform(
  parts: RegistrationParts,
  platformId: string,
  correlationId: string,
): Promise<void> {
  const opening = { platformId, beganBy: 'platform', kind: 'unregister', correlationId } as const;
  return runHandshake(parts, opening, async (handshake) => {
    handshake.step = 'save';
    if (!(await parts.store.unregister(platformId, parts.now()))) throw new HubError('not_registered');
    await refresh(parts, platformId);
  });
}

/**
 * Ends a platform's registration at the operator's wish and tells the platform, as far as it can be reached. Of one that
 * did not register yet it takes the announcement back.
 *
 * @throws HubError `not_registered` when neither is there
 */
export async function dismissPlatform(parts: RegistrationParts, platformId: string): Promise<void> {
  const record = await refresh(parts, platformId);
  if (record) await tellOfTheEnd(parts, record);
  const { store, now } = parts;
  const ended = (await store.unregister(platformId, now())) || (await store.withdraw(platformId, now()));
  if (!ended) throw new HubError('not_registered');
  await refresh(parts, platformId);
}

/** A platform that refuses it, or cannot be reached, keeps nothing from ending: the handshake says so. */
async function tellOfTheEnd(parts: RegistrationParts, record: PlatformRecord): Promise<void> {
  const { id: platformId, endpoints, peerToken: token, tokenEncoding, version } = record;
  const url = endpoints.find((endpoint) => endpoint.module === 'credentials')?.url;
  if (!url || !token) return;
  const opening = { platformId, beganBy: 'hub', kind: 'unregister', correlationId: parts.newId() } as const;
  const handshake = runHandshake(parts, opening, (handshake) => {
    handshake.version = version;
    const peer = new Peer(parts, { platformId, token, tokenEncoding }, handshake);
    return peer.ask({ step: 'credentials', method: 'DELETE', url });
  });
  await handshake.catch(() => undefined);
}
