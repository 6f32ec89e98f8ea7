/**
 * Reading and writing the Credentials object.
 *
 * Spec: 2.2.1-d2 credentials, Credentials object, CredentialsRole class.
 */
import {
  isCredentialsToken,
  isRole,
  MAX_TOKEN_LENGTH,
  type Party,
  parsePartyId,
  type PartyId,
  partyKey,
  type Role,
  ROLES,
  versionsUrl,
} from '@app/ocpi';
import { destinationOf } from '../detours/peer-hosts';
import { printable } from '../excerpt';
import { HubError } from '../hub-error';

/** More parties on one platform than this is a mistake or an attack. */
const MAX_ROLES = 1_000;
const MAX_URL_LENGTH = 255;
const SENDABLE_URL = new RegExp(`^[!-~]{1,${MAX_URL_LENGTH}}$`);

export type CredentialsParty = Party & { readonly businessDetails: Record<string, unknown> | null };

/** What a peer hands over. */
export interface Credentials {
  readonly token: string;
  readonly url: string;
  readonly parties: readonly CredentialsParty[];
}

/** The hub as it presents itself. */
export interface HubIdentity {
  readonly party: PartyId;
  readonly businessDetails: BusinessDetails;
  /** Versions endpoint of the hub. */
  readonly versionsUrl: string;
}

/** Spec: 2.2.1-d2 mod_locations, BusinessDetails class and Image class. */
export interface BusinessDetails {
  readonly name: string;
  readonly website?: string;
  readonly logo?: { readonly url: string; readonly category: 'NETWORK'; readonly type: string };
}

/** What the operator sets of the hub's identity. */
export interface HubIdentitySettings {
  readonly hubCountryCode: string;
  readonly hubPartyId: string;
  readonly hubName: string;
  readonly hubWebsite?: string;
  readonly hubLogoUrl?: string;
  readonly publicUrl: string;
}

/** The hub's identity from its settings. The type of the logo is what its URL ends with. */
export function hubIdentityOf(settings: HubIdentitySettings): HubIdentity {
  const { hubName: name, hubWebsite: website, hubLogoUrl } = settings;
  return {
    party: { countryCode: settings.hubCountryCode, partyId: settings.hubPartyId },
    businessDetails: { name, ...(website && { website }), ...(hubLogoUrl && { logo: logoOf(hubLogoUrl) }) },
    versionsUrl: versionsUrl(settings.publicUrl),
  };
}

function logoOf(url: string): NonNullable<BusinessDetails['logo']> {
  const extension = new URL(url).pathname.split('.').at(-1)!.toLowerCase();
  return { url, category: 'NETWORK', type: extension === 'jpg' ? 'jpeg' : extension };
}

/**
 * Reads a Credentials object from the bytes of a request or an answer.
 *
 * @throws HubError `body_not_json`, `credentials_malformed` with the name of the first field that is wrong
 */
export function parseCredentials(body: Buffer | null): Credentials {
  const object = asObject(parseJson(body), 'credentials');
  requireNotOlder(object);
  if (!isCredentialsToken(object.token)) {
    throw malformed(
      'token',
      `must be 1 to ${MAX_TOKEN_LENGTH} printable ASCII characters without white space`,
    );
  }
  if (!isPlatformUrl(object.url)) throw malformed('url', `must be ${PLATFORM_URL}`);
  return { token: object.token, url: object.url, parties: parseRoles(object.roles) };
}

/** The hub's own Credentials object with a token for one peer. A hub reports itself alone, as role HUB. */
export function hubCredentials(hub: HubIdentity, token: string): Record<string, unknown> {
  return {
    token,
    url: hub.versionsUrl,
    roles: [
      {
        role: 'HUB',
        business_details: hub.businessDetails,
        party_id: hub.party.partyId,
        country_code: hub.party.countryCode,
      },
    ],
  };
}

/** What an `isPlatformUrl` is, for messages about one that is not. */
export const PLATFORM_URL =
  `an absolute http or https URL of at most ${MAX_URL_LENGTH} characters, all of them ASCII and none of them ` +
  'white space, without a user name';

/**
 * Whether a value may be a URL of a platform. One that could not be sent to would be found out with the first
 * message, by somebody who can do nothing about it. Spec: 2.2.1-d2 types, URL type.
 */
export function isPlatformUrl(value: unknown): value is string {
  return typeof value === 'string' && SENDABLE_URL.test(value) && destinationOf(value) !== undefined;
}

/**
 * Credentials of OCPI 2.1.1 have one party, in the object itself. Spec: 2.1.1-d2 credentials, Credentials object.
 *
 * @throws HubError `credentials_malformed`
 */
function requireNotOlder({ roles, country_code, party_id }: Record<string, unknown>): void {
  if (roles !== undefined || country_code === undefined || party_id === undefined) return;
  throw malformed(
    'roles',
    'is missing: country_code and party_id beside the token are the Credentials object of OCPI 2.1.1. Give ' +
      'them as roles: [{role, country_code, party_id, business_details}], as OCPI 2.2 and 2.2.1 ask for',
  );
}

/** A thousand roles with their business details; to read more would hold up the messages of others. */
const MAX_CREDENTIALS_BYTES = 512 * 1024;

function parseJson(body: Buffer | null): unknown {
  if (body !== null && body.length > MAX_CREDENTIALS_BYTES) {
    throw new HubError('credentials_malformed', `credentials must be at most ${MAX_CREDENTIALS_BYTES} bytes`);
  }
  try {
    return JSON.parse((body ?? '').toString());
  } catch {
    throw new HubError('body_not_json');
  }
}

function parseRoles(value: unknown): readonly CredentialsParty[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_ROLES) {
    throw malformed('roles', `must be a list of 1 to ${MAX_ROLES} roles`);
  }
  const parties = value.map((role: unknown, index) => parseRole(role, `roles[${index}]`));
  const names = parties.map((party) => `${party.role} ${partyKey(party)}`);
  const doubled = names.findIndex((name, index) => names.indexOf(name) !== index);
  if (doubled !== -1) throw malformed(`roles[${doubled}]`, `${names[doubled]} stands twice`);
  return parties;
}

function parseRole(value: unknown, field: string): CredentialsParty {
  const { role, country_code, party_id, business_details } = asObject(value, field);
  const platformRole = parsePlatformRole(role, `${field}.role`);
  if (!parsePartyId(String(country_code), 'AAA')) {
    throw malformed(`${field}.country_code`, 'must be two letters (ISO-3166 alpha-2)');
  }
  const pair = parsePartyId(String(country_code), String(party_id));
  if (!pair) throw malformed(`${field}.party_id`, 'must be three letters or digits');
  return {
    ...pair,
    role: platformRole,
    businessDetails: parseDetails(business_details, `${field}.business_details`),
  };
}

const PLATFORM_ROLES = ROLES.filter((role) => role !== 'HUB');

function parsePlatformRole(value: unknown, field: string): Role {
  if (value === 'HUB')
    throw malformed(
      field,
      `is HUB: a hub cannot be a platform of a hub. Use one of ${PLATFORM_ROLES.join(', ')}`,
    );
  if (isRole(value)) return value;
  const came = value === undefined ? 'it is missing' : `not ${printable(JSON.stringify(value))}`;
  throw malformed(field, `must be one of ${PLATFORM_ROLES.join(', ')}, in capitals; ${came}`);
}

/** What a text of the database cannot be: with NUL in it, or half of a surrogate pair; as JSON writes them. */
const UNKEEPABLE = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/;

function parseDetails(value: unknown, field: string): Record<string, unknown> | null {
  if (value === undefined || value === null) return null;
  const details = asObject(value, field);
  if (UNKEEPABLE.test(JSON.stringify(details)))
    throw malformed(field, 'holds what is no Unicode text, or NUL');
  return details;
}

function asObject(value: unknown, field: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw malformed(field, 'must be an object');
  }
  return value as Record<string, unknown>;
}

function malformed(field: string, what: string): HubError {
  return new HubError('credentials_malformed', `${field} ${what}`);
}
