/**
 * The URLs that the hub publishes, and what a request's raw URL addresses.
 *
 * The path says which interface is meant; everything after the module travels verbatim, so it is cut out of
 * the raw URL and never decoded, normalised or put together again.
 */
import { parameterNames } from './liberal-name';
import { CONFIGURATION_MODULES, type InterfaceRole, INTERFACES, MODULES, moduleRow } from './module';
import { isVersion, type Version, VERSIONS } from './version';

/** What a functional request addresses. */
export interface Target {
  readonly version: Version;
  readonly interfaceRole: InterfaceRole;
  /** As it stands in the URL; custom ModuleIDs included. */
  readonly module: string;
  /** What follows the module in the path, percent-encoding untouched: `''` or starting with `/`. */
  readonly rest: string;
  /** The query with its `?`, or `''`. */
  readonly query: string;
}

const FUNCTIONAL = /^\/ocpi\/([^/?#]+)\/(sender|receiver)\/([^/?#]+)([^?#]*)(\?[^#]*)?/;
const ORIGIN = /^https?:\/\/[^/?#]+/i;

/** The path and query of a request target; peers behind some proxies send the absolute form. */
export function pathOf(requestTarget: string): string {
  return requestTarget.startsWith('/') ? requestTarget : requestTarget.replace(ORIGIN, '');
}

/**
 * What a path addresses; `undefined` when it is no functional URL of a version that the hub serves. A configuration
 * module is none: whoever could have it routed would read, replace or end what another platform has with the hub.
 */
export function parseTarget(path: string): Target | undefined {
  const match = FUNCTIONAL.exec(path);
  const version = match?.[1];
  if (!match || !isVersion(version) || isConfiguration(match[3]!)) return undefined;
  return {
    version,
    interfaceRole: match[2] === 'sender' ? 'SENDER' : 'RECEIVER',
    module: match[3]!,
    rest: match[4]!,
    query: match[5] ?? '',
  };
}

function isConfiguration(module: string): boolean {
  return moduleRow(module) === undefined && CONFIGURATION_MODULES.includes(module.toLowerCase());
}

/** One row of a version's details. Spec: 2.2.1-d2 version_information_endpoint, Endpoint class. */
export interface PublishedEndpoint {
  readonly identifier: string;
  readonly role: InterfaceRole;
  readonly url: string;
}

/** Where the versions endpoint is. */
export function versionsUrl(publicUrl: string): string {
  return `${publicUrl}/ocpi/versions`;
}

/** The versions list: Spec 2.2.1-d2 version_information_endpoint, Version class. */
export function publishedVersions(publicUrl: string): readonly { version: Version; url: string }[] {
  return VERSIONS.map(({ version }) => ({ version, url: `${publicUrl}/ocpi/${version}` }));
}

/**
 * Every endpoint of one version: the configuration modules, and each module on both interfaces. `credentials` is listed
 * with both roles and one URL: its role has no meaning, and peers look for either.
 *
 * Spec: 2.2.1-d2 version_information_endpoint, InterfaceRole enum.
 */
export function publishedEndpoints(publicUrl: string, version: Version): readonly PublishedEndpoint[] {
  const base = `${publicUrl}/ocpi/${version}`;
  const configuration: readonly PublishedEndpoint[] = [
    ...INTERFACES.map((role) => ({ identifier: 'credentials', role, url: `${base}/credentials` })),
    { identifier: 'hubclientinfo', role: 'SENDER', url: `${base}/hubclientinfo` },
  ];
  const functional = MODULES.flatMap(({ module }) =>
    INTERFACES.map((role) => ({ identifier: module, role, url: `${base}/${role.toLowerCase()}/${module}` })),
  );
  return [...configuration, ...functional];
}

/**
 * The URL at a peer: its advertised endpoint with the rest of the path and the query appended verbatim. The
 * one slash between them is neither doubled nor lost, whether or not the peer's URL ends in one. What the peer's URL
 * says in a query of its own, nobody says otherwise: it may be what tells one of its endpoints from another.
 */
export function joinEndpoint(endpoint: string, rest: string, query: string): string {
  const bare = endpoint.replace(/#.*$/, '');
  const mark = bare.indexOf('?');
  const path = mark === -1 ? bare : bare.slice(0, mark);
  const ownQuery = mark === -1 ? '' : bare.slice(mark);
  const joined = rest.startsWith('/') && path.endsWith('/') ? path.slice(0, -1) + rest : path + rest;
  return joined + (ownQuery && query ? bothQueries(ownQuery, query) : ownQuery || query);
}

function bothQueries(own: string, query: string): string {
  const names = new Set(parameterNames(own.slice(1)));
  const others = query
    .slice(1)
    .split('&')
    .filter((parameter) => !parameterNames(parameter).some((name) => names.has(name)));
  return [own, ...others].join('&');
}
