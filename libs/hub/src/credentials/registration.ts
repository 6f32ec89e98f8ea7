/**
 * Registering, updating and unregistering a platform that asks for it, and ending a registration.
 *
 * Spec: 2.2.1-d2 credentials, Registration, Updating to a newer version, POST, PUT and DELETE Method.
 */
import { type IncomingHeaders, type Party, partyKey, type Version } from '@app/ocpi';
import { plainBody } from '../content';
import { type PlatformEntry } from '../directory';
import { HubError } from '../hub-error';
import { type Registration } from '../ports';
import { hubCredentials, parseCredentials } from './credentials-object';
import { keep, refresh, type RegistrationParts, registrationOf, requireNotHub } from './keep';
import { fetchOffer, Peer } from './peer-api';
import { newToken } from './secret';

/** POST (`first`) or PUT (`update`) of credentials by a platform. */
export interface CredentialsRequest {
  readonly platform: PlatformEntry;
  /** Hash of the token that was presented. */
  readonly tokenHash: string;
  readonly kind: Registration['kind'];
  /** The version of the credentials endpoint that was called: the one that is registered. */
  readonly version: Version;
  readonly body: Buffer | null;
  /** They say how the body is encoded. */
  readonly headers: IncomingHeaders;
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
export async function registerPlatform(
  parts: RegistrationParts,
  { platform, tokenHash, kind, version, body, headers }: CredentialsRequest,
): Promise<{ readonly data: Record<string, unknown>; readonly message: string | undefined }> {
  const registered = platform.authorization !== null;
  if (registered !== (kind === 'update'))
    throw new HubError(registered ? 'already_registered' : 'not_registered');
  const credentials = parseCredentials(body && plainBody(body, headers, platform.id));
  requireNotHub(credentials.parties, parts.hub);
  const peer = new Peer(parts, { platformId: platform.id, token: credentials.token });
  const offer = await fetchOffer(peer, credentials.url, version);
  const token = newToken();
  const said = { token, credentials, offer, peer, isAsked: true };
  const agreed = { platformId: platform.id, kind, openedByHash: tokenHash, ...said };
  const record = await keep(parts, registrationOf(parts, agreed));
  return { data: hubCredentials(parts.hub, token), message: waitingMessage(record?.waiting ?? []) };
}

/** Parties in one message; the others are counted. */
const MAX_NAMED = 10;

/** What waits for the operator; `undefined` when nothing does. */
function waitingMessage(waiting: readonly Party[]): string | undefined {
  if (waiting.length === 0) return undefined;
  const names = waiting.slice(0, MAX_NAMED).map((party) => `${party.role} ${partyKey(party)}`);
  const more = waiting.length > MAX_NAMED ? ` and ${waiting.length - MAX_NAMED} more` : '';
  return `registered; until the hub's operator approves them, these parties wait: ${names.join(', ')}${more}`;
}

/** Ends a platform's registration at its own wish. @throws HubError `not_registered` */
export async function unregisterPlatform(parts: RegistrationParts, platformId: string): Promise<void> {
  if (!(await parts.store.unregister(platformId, parts.now()))) throw new HubError('not_registered');
  await refresh(parts, platformId);
}

/**
 * Ends a platform's registration at the operator's wish and tells the platform, as far as it can be reached. Of one that
 * did not register yet it takes the announcement back.
 *
 * @throws HubError `not_registered` when neither is there
 */
export async function dismissPlatform(parts: RegistrationParts, platformId: string): Promise<void> {
  const record = await refresh(parts, platformId);
  const url = record?.endpoints.find((endpoint) => endpoint.module === 'credentials')?.url;
  const token = record?.peerToken;
  if (url && token) {
    const peer = new Peer(parts, { platformId, token, tokenEncoding: record.tokenEncoding });
    await peer.ask({ method: 'DELETE', url }).catch(() => undefined);
  }
  const { store, now } = parts;
  const ended = (await store.unregister(platformId, now())) || (await store.withdraw(platformId, now()));
  if (!ended) throw new HubError('not_registered');
  await refresh(parts, platformId);
}
