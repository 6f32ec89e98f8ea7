/**
 * Asking a platform for its versions, its endpoints and its credentials endpoint.
 *
 * Spec: 2.2.1-d2 version_information_endpoint; credentials, Errors during registration.
 */
import {
  authorizationHeader,
  highestCommonVersion,
  idHeaders,
  type InterfaceRole,
  isSuccess,
  MODULES,
  STATUS,
  type TokenEncoding,
  type Version,
  VERSIONS,
} from '@app/ocpi';
import { decodedBody } from '../content';
import { asHubError, HubError } from '../hub-error';
import { send } from '../roads/direct';
import { type Courier, type EndpointRecord } from '../ports';
import { type HubIdentity, isPlatformUrl, PLATFORM_URL } from './credentials-object';

/** Endpoints that one platform may advertise; more is a mistake or an attack. */
const MAX_ENDPOINTS = 200;
const MODULE_ID = /^[!-~]{1,64}$/;

export interface PeerParts {
  readonly courier: Courier;
  readonly hub: HubIdentity;
  /** For each of the requests to the peer, in ms. */
  readonly timeoutMs: number;
  readonly newId: () => string;
}

/** How to reach a peer: under which platform's pool, with which token, and how it was shown that before. */
export interface PeerAccess {
  readonly platformId: string;
  readonly token: string;
  readonly tokenEncoding?: TokenEncoding;
}

export interface PeerRequest {
  readonly method: string;
  readonly url: string;
  readonly body?: unknown;
}

interface Reply {
  readonly httpStatus: number;
  /** `undefined` when the answer is no OCPI message. */
  readonly envelope: Record<string, unknown> | undefined;
}

/**
 * The configuration modules of one peer. Whether it reads tokens in Base64 is found by trial and error, which the
 * specification leaves to whoever wants to speak with older systems: what it refuses for the token was not done, and is
 * asked again with the token shown in the other way.
 *
 * Spec: 2.2.1-d2 transport_and_format, Authorization header, NOTE.
 */
export class Peer {
  private shown: TokenEncoding;

  constructor(
    private readonly parts: PeerParts,
    private readonly access: PeerAccess,
  ) {
    this.shown = access.tokenEncoding ?? 'base64';
  }

  /** How it was shown the token when it last took it. */
  get tokenEncoding(): TokenEncoding {
    return this.shown;
  }

  /** Sends one request and gives the `data` of its answer. @throws HubError `peer_unusable` */
  async ask(request: PeerRequest): Promise<unknown> {
    const what = `${request.method} ${request.url}`;
    this.requireElsewhere(request.url, what);
    const answer = await this.send(request, this.shown, what);
    if (!refusesToken(answer)) return dataOf(answer, what);
    const other = this.shown === 'plain' ? 'base64' : 'plain';
    const second = await this.send(request, other, what);
    if (refusesToken(second)) return dataOf(answer, what);
    this.shown = other;
    return dataOf(second, what);
  }

  /** A platform at a URL of the hub would be sent what it sends. @throws HubError `peer_unusable` */
  requireElsewhere(url: string, what: string): void {
    const own = new URL('.', this.parts.hub.versionsUrl).href;
    if (!new URL(url).href.startsWith(own)) return;
    throw new HubError('peer_unusable', `${what}: this is the hub, not the platform`);
  }

  private async send({ method, url, body }: PeerRequest, shown: TokenEncoding, what: string): Promise<Reply> {
    const { courier, newId, timeoutMs } = this.parts;
    const { platformId, token } = this.access;
    const answer = await send(courier, {
      ...{ platformId, method, url, timeoutMs },
      headers: [
        ...['Authorization', authorizationHeader(token, shown), 'Accept', 'application/json'],
        ...idHeaders({ requestId: newId(), correlationId: newId() }),
        ...(body === undefined ? [] : ['Content-Type', 'application/json']),
      ],
      body: body === undefined ? null : Buffer.from(JSON.stringify(body)),
    }).catch((error: unknown) => {
      throw new HubError('peer_unusable', `${what}: ${asHubError(error).message}`, { cause: error });
    });
    // Without an `Accept-Encoding` in the request it may be encoded all the same. Spec: RFC 9110, 12.5.3.
    const plain = decodedBody(answer.body, answer.headers['content-encoding'], platformId);
    return { httpStatus: answer.httpStatus, envelope: plain && parseEnvelope(plain) };
  }
}

/** What a peer offers on one version. */
export interface PeerOffer {
  readonly version: Version;
  readonly endpoints: readonly EndpointRecord[];
}

/**
 * Fetches a peer's versions and the details of one of them.
 *
 * @param wanted the version to use; without it the highest that both sides have
 * @throws HubError `peer_unusable` (3001), `no_common_version` (3002), `no_common_endpoints` (3003)
 */
export async function fetchOffer(peer: Peer, url: string, wanted?: Version): Promise<PeerOffer> {
  const versions = asList(await peer.ask({ method: 'GET', url }), url);
  const offered = versions.map((row) => String(row.version));
  const version = wanted ? (offered.includes(wanted) ? wanted : undefined) : highestCommonVersion(offered);
  const detailsUrl = versions.find((row) => row.version === version)?.url;
  if (!version) throw new HubError('no_common_version', versionsSaid(offered, wanted));
  const usable = parsePeerUrl(detailsUrl, `url of version ${version} at ${url}`);
  const endpoints = readEndpoints(await peer.ask({ method: 'GET', url: usable }), usable);
  for (const { module, url: at } of endpoints) peer.requireElsewhere(at, `url of ${module} is ${at}`);
  return { version, endpoints };
}

/** Spec: 2.2.1-d2 transport_and_format, Authorization header: 401. Some say 403, or 2xxx in the envelope alone. */
function refusesToken({ httpStatus, envelope }: Reply): boolean {
  if (httpStatus === 401 || httpStatus === 403) return true;
  const status = Number(envelope?.status_code);
  return status >= STATUS.CLIENT_ERROR && status < STATUS.SERVER_ERROR;
}

function dataOf({ httpStatus, envelope }: Reply, what: string): unknown {
  if (httpStatus >= 300 || !isSuccess(Number(envelope?.status_code ?? STATUS.SERVER_ERROR))) {
    const said = envelope ? `OCPI ${String(envelope.status_code)}` : 'no OCPI message';
    throw new HubError('peer_unusable', `${what}: HTTP ${httpStatus}, ${said}`);
  }
  return envelope?.data;
}

/** Versions, endpoints or credentials of a peer; to read more would hold up the messages of others. */
const MAX_ENVELOPE_BYTES = 1024 * 1024;

function parseEnvelope(body: Buffer): Record<string, unknown> | undefined {
  if (body.length > MAX_ENVELOPE_BYTES) return undefined;
  try {
    const value: unknown = JSON.parse(body.toString());
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function asList(data: unknown, url: string): readonly Record<string, unknown>[] {
  if (Array.isArray(data) && data.every((row) => typeof row === 'object' && row !== null)) return data;
  throw new HubError('peer_unusable', `GET ${url}: data is not a list of objects`);
}

function versionsSaid(offered: readonly string[], wanted: Version | undefined): string {
  const known = wanted ?? VERSIONS.map((row) => row.version).join(', ');
  return `looked for ${known}, the platform lists ${offered.slice(0, 10).join(', ') || 'none'}`;
}

function readEndpoints(details: unknown, url: string): readonly EndpointRecord[] {
  const rows = asList((details as Record<string, unknown> | null)?.endpoints, url);
  if (rows.length > MAX_ENDPOINTS)
    throw new HubError('peer_unusable', `GET ${url}: over ${MAX_ENDPOINTS} endpoints`);
  const endpoints = rows.map((row, index) => readEndpoint(row, `endpoints[${index}] at ${url}`));
  const functional = endpoints.some(({ module }) => MODULES.some((known) => known.module === module));
  if (!functional) throw new HubError('no_common_endpoints', `${url} lists no functional module`);
  return [...new Map(endpoints.map((e) => [`${e.module}/${e.interfaceRole}`, e])).values()];
}

/** The `role` of the credentials endpoint is to be disregarded; it is kept as SENDER. */
function readEndpoint(row: Record<string, unknown>, field: string): EndpointRecord {
  const { identifier } = row;
  if (typeof identifier !== 'string' || !MODULE_ID.test(identifier)) {
    throw new HubError('peer_unusable', `${field}: identifier must be 1 to 64 characters of ASCII`);
  }
  const role = identifier === 'credentials' ? 'SENDER' : row.role;
  if (role !== 'SENDER' && role !== 'RECEIVER') {
    throw new HubError('peer_unusable', `${field}: role of ${identifier} must be SENDER or RECEIVER`);
  }
  const interfaceRole: InterfaceRole = role;
  return { module: identifier, interfaceRole, url: parsePeerUrl(row.url, `${field}: url of ${identifier}`) };
}

function parsePeerUrl(value: unknown, field: string): string {
  if (isPlatformUrl(value)) return value;
  throw new HubError('peer_unusable', `${field} must be ${PLATFORM_URL}`);
}
