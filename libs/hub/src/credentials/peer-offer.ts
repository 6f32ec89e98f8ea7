/**
 * What a platform offers: its versions, and the endpoints of one of them.
 *
 * Spec: 2.2.1-d2 version_information_endpoint; credentials, Errors during registration.
 */
import {
  highestCommonVersion,
  type InterfaceRole,
  MODULES,
  moduleRow,
  type Version,
  VERSIONS,
} from '@app/ocpi';
import { printable } from '../excerpt';
import { asHubError, HubError } from '../hub-error';
import { type EndpointRecord } from '../ports';
import { isPlatformUrl, PLATFORM_URL } from './credentials-object';
import { type Peer } from './peer-api';

/** Endpoints that one platform may advertise; more is a mistake or an attack. */
const MAX_ENDPOINTS = 200;
const MODULE_ID = /^[!-~]{1,64}$/;

/** What a peer offers on one version. */
export interface PeerOffer {
  readonly version: Version;
  /** Where it lists its versions: the URL that worked. */
  readonly versionsUrl: string;
  readonly endpoints: readonly EndpointRecord[];
}

export interface OfferRequest {
  readonly versionsUrl: string;
  /** The version to use; without it the highest that both sides have. */
  readonly wanted?: Version;
  /** A versions URL that worked before: asked when the other one answers, and not as a versions endpoint. */
  readonly worked?: string | null;
}

/**
 * Fetches a peer's versions and the details of one of them.
 *
 * @throws HubError `peer_unusable` (3001), `no_common_version` (3002), `no_common_endpoints` (3003)
 */
export async function fetchOffer(peer: Peer, request: OfferRequest): Promise<PeerOffer> {
  const { wanted } = request;
  const { versionsUrl, versions } = await fetchVersions(peer, request);
  const offered = versions.map((row) => String(row.version));
  const version = wanted ? (offered.includes(wanted) ? wanted : undefined) : highestCommonVersion(offered);
  const detailsUrl = versions.find((row) => row.version === version)?.url;
  if (!version) throw new HubError('no_common_version', versionsSaid(offered, wanted));
  peer.handshake.version = version;
  const usable = parsePeerUrl(detailsUrl, `url of version ${version} at ${versionsUrl}`);
  const details = await peer.ask({ step: 'version_details', method: 'GET', url: usable });
  const endpoints = readEndpoints(details, usable, peer);
  for (const { module, url: at } of endpoints) peer.requireElsewhere(at, `url of ${module} is ${at}`);
  return { version, versionsUrl, endpoints };
}

/**
 * Which versions URL to keep after a handshake that the hub began: the platform's own, when it answers as a versions
 * endpoint; else the one that worked, with a note.
 *
 * @param peer with the token that the platform gave
 * @param said the `url` of its credentials
 */
export async function versionsUrlToKeep(peer: Peer, said: string, worked: string): Promise<string> {
  if (said === worked) return worked;
  const { handshake } = peer;
  const { step, answer } = handshake;
  try {
    asList(await peer.ask({ step: 'versions', method: 'GET', url: said }), said);
    return peer.urlOf(said);
  } catch (error) {
    handshake.note(`${kept(worked)}: ${asHubError(error).message}`);
    return worked;
  } finally {
    Object.assign(handshake, { step, answer });
  }
}

interface Versions {
  readonly versionsUrl: string;
  readonly versions: readonly Record<string, unknown>[];
}

/** The versions that a peer lists, and where. @throws HubError `peer_unusable` */
export async function fetchVersions(peer: Peer, { versionsUrl, worked }: OfferRequest): Promise<Versions> {
  const data = await peer.ask({ step: 'versions', method: 'GET', url: versionsUrl });
  if (isList(data) || !worked || worked === versionsUrl) {
    return { versionsUrl: peer.urlOf(versionsUrl), versions: asList(data, versionsUrl) };
  }
  peer.handshake.note(`${kept(worked)}: ${versionsUrl} answers, but not with a list of versions`);
  return fetchVersions(peer, { versionsUrl: worked });
}

function kept(worked: string): string {
  return `url of its credentials is no versions URL, ${worked} is kept`;
}

type List = readonly Record<string, unknown>[];

function isList(data: unknown): data is List {
  return Array.isArray(data) && data.every((row) => typeof row === 'object' && row !== null);
}

function asList(data: unknown, url: string): List {
  if (isList(data)) return data;
  const isDetails = typeof data === 'object' && data !== null && 'endpoints' in data;
  const found = isDetails
    ? ': these are the details of a version, and the URL of its versions is wanted'
    : '';
  throw new HubError('peer_unusable', `GET ${url}: data is not a list of objects${found}`);
}

function versionsSaid(offered: readonly string[], wanted: Version | undefined): string {
  const known = wanted ?? VERSIONS.map((row) => row.version).join(', ');
  const listed = printable(offered.slice(0, 10).join(', '));
  return `looked for ${known}, the platform lists ${listed || 'none'}`;
}

function readEndpoints(details: unknown, url: string, peer: Peer): readonly EndpointRecord[] {
  const rows = asList((details as Record<string, unknown> | null)?.endpoints, url);
  if (rows.length > MAX_ENDPOINTS)
    throw new HubError('peer_unusable', `GET ${url}: over ${MAX_ENDPOINTS} endpoints`);
  const endpoints = rows.flatMap(
    (row, index) => readEndpoint(row, `endpoints[${index}] at ${url}`, peer) ?? [],
  );
  const functional = endpoints.some(({ module }) => MODULES.some((known) => known.module === module));
  if (!functional) throw new HubError('no_common_endpoints', `${url} lists no functional module`);
  return [...new Map(endpoints.map((e) => [`${e.module}/${e.interfaceRole}`, e])).values()];
}

/**
 * The `role` of the credentials endpoint is to be disregarded; it is kept as SENDER. A module that the specification does
 * not know stops nothing: when its endpoint cannot be used it is left out, with a note.
 */
function readEndpoint(row: Record<string, unknown>, field: string, peer: Peer): EndpointRecord | undefined {
  const { identifier } = row;
  if (typeof identifier !== 'string' || !MODULE_ID.test(identifier)) {
    throw new HubError('peer_unusable', `${field}: identifier must be 1 to 64 characters of ASCII`);
  }
  const read = usableEndpoint(identifier, row);
  if (typeof read !== 'string') return read;
  if (identifier === 'credentials' || moduleRow(identifier)) {
    throw new HubError('peer_unusable', `${field}: ${read}`);
  }
  peer.handshake.note(`left out ${field}: ${read}`);
  return undefined;
}

/** The endpoint, or why there is none. */
function usableEndpoint(
  module: string,
  { role: said, url }: Record<string, unknown>,
): EndpointRecord | string {
  const role = module === 'credentials' ? 'SENDER' : said;
  if (role !== 'SENDER' && role !== 'RECEIVER') return `role of ${module} must be SENDER or RECEIVER`;
  if (!isPlatformUrl(url)) return `url of ${module} must be ${PLATFORM_URL}`;
  const interfaceRole: InterfaceRole = role;
  return { module, interfaceRole, url };
}

function parsePeerUrl(value: unknown, field: string): string {
  if (isPlatformUrl(value)) return value;
  throw new HubError('peer_unusable', `${field} must be ${PLATFORM_URL}`);
}
