import { type InterfaceRole, INTERFACES, MODULES, type Party, type TokenEncoding } from '@app/ocpi';
import { type Habits } from './habits';
import { type AgentOptions, type ServerOptions } from 'node:https';

export interface ModuleInterface {
  readonly module: string;
  readonly interfaceRole: InterfaceRole;
}

export interface TestPlatformOptions {
  readonly name: string;
  readonly roles: readonly (Party & { readonly businessDetails?: { readonly name: string } })[];
  /** The version that `register` chooses, `2.2.1` when left out. */
  readonly version?: string;
  /** Versions that it lists for the hub; the chosen one alone when left out. */
  readonly versions?: readonly string[];
  /** All functional modules on both interfaces and `hubclientinfo` RECEIVER when left out. */
  readonly modules?: readonly ModuleInterface[];
  /** How it reads the tokens that it is shown, `base64` when left out. */
  readonly tokenEncoding?: TokenEncoding;
  /** What it does differently; nothing when left out. */
  readonly habits?: Habits;
  /** Advertises endpoint URLs that end in `/`. */
  readonly trailingSlash?: boolean;
  /** Before every path, `/ocpi` when left out. */
  readonly basePath?: string;
  /** The name under which it is reached and speaks of itself, `127.0.0.1` when left out. */
  readonly host?: string;
  /**
   * Scheme and authority of the functional endpoints that it advertises, when they are to lead elsewhere: to a
   * `MisbehavingParty`, a closed port, a name that does not resolve.
   */
  readonly endpointOrigin?: string;
  /** It is reached by https, with this certificate and these demands. */
  readonly server?: ServerOptions;
  /** It calls a hub by https, trusts these authorities and shows this certificate. */
  readonly client?: AgentOptions;
}

export const ALL_MODULES: readonly ModuleInterface[] = [
  ...MODULES.flatMap(({ module }) => INTERFACES.map((interfaceRole) => ({ module, interfaceRole }))),
  { module: 'hubclientinfo', interfaceRole: 'RECEIVER' },
];

/** An endpoint of a version's details. Spec: 2.2.1-d2 version_information_endpoint, Endpoint class. */
export interface AdvertisedEndpoint {
  readonly identifier: string;
  readonly role: InterfaceRole;
  readonly url: string;
}

/** A Credentials object. Spec: 2.2.1-d2 credentials, Credentials object. */
export interface Credentials {
  readonly token: string;
  readonly url: string;
  readonly roles: readonly {
    readonly country_code: string;
    readonly party_id: string;
    readonly role: string;
    readonly business_details: { readonly name: string };
  }[];
}

/** `/ocpi/2.2.1/receiver/locations`: where a module's interface is served. */
export function endpointPath(options: TestPlatformOptions, version: string, each: ModuleInterface): string {
  const end = options.trailingSlash ? '/' : '';
  return `${options.basePath ?? '/ocpi'}/${version}/${each.interfaceRole.toLowerCase()}/${each.module}${end}`;
}

/** The Credentials object that a platform hands out. */
export function credentialsOf(options: TestPlatformOptions, token: string, url: string): Credentials {
  const shown = (text: string): string => (options.habits?.lowerCase ? text.toLowerCase() : text);
  const roles = options.roles.map(({ countryCode, partyId, role, businessDetails }) => ({
    ...{ country_code: shown(countryCode), party_id: shown(partyId), role },
    business_details: businessDetails ?? { name: options.name },
  }));
  return { token, url, roles };
}
