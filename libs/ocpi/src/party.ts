/**
 * Parties and their roles.
 *
 * Spec: 2.2.1-d2 credentials, CredentialsRole class; types, Role enum and CiString.
 */

/** Roles a party may have. Spec: 2.2.1-d2 types, Role enum. */
export const ROLES = ['CPO', 'EMSP', 'HUB', 'NAP', 'NSP', 'OTHER', 'SCSP'] as const;
export type Role = (typeof ROLES)[number];

/**
 * The two halves of a pair, across the CPO line: the CPO, and the roles that are served by CPOs.
 * Spec: 2.2.1-d2 transport_and_format, Broadcast Push: "Other" is seen as an eMSP type of role.
 */
export type Half = 'CPO' | 'PROVIDER';

/** The half of a pair that a role belongs to. */
export function halfOf(role: Role): Half {
  return role === 'CPO' ? 'CPO' : 'PROVIDER';
}

/** A `country_code` + `party_id` pair, always upper case (CiString: compared case-insensitively). */
export interface PartyId {
  readonly countryCode: string;
  readonly partyId: string;
}

/** A pair in one role: the unit that agreements, statuses and deliveries are about. */
export interface Party extends PartyId {
  readonly role: Role;
}

/** The pair as one string, `NL*TNM`: a map key and what people read in logs. */
export type PartyKey = string;

const COUNTRY_CODE = /^[A-Za-z]{2}$/;
const PARTY_ID = /^[A-Za-z0-9]{3}$/;

/**
 * Reads a pair as a peer wrote it, in any case.
 *
 * @returns the pair in upper case, or `undefined` when either half has not the form of its type
 *   (`country_code`: ISO-3166 alpha-2, `party_id`: three characters of ISO-15118).
 */
export function parsePartyId(countryCode: string, partyId: string): PartyId | undefined {
  if (!COUNTRY_CODE.test(countryCode) || !PARTY_ID.test(partyId)) return undefined;
  return { countryCode: countryCode.toUpperCase(), partyId: partyId.toUpperCase() };
}

/** `NL*TNM` for a pair. */
export function partyKey(party: PartyId): PartyKey {
  return `${party.countryCode}*${party.partyId}`;
}

/** Two pairs are the same party when both halves are equal; both are upper case by construction. */
export function sameParty(a: PartyId, b: PartyId): boolean {
  return a.countryCode === b.countryCode && a.partyId === b.partyId;
}

/** Whether a string is one of the roles of the specification, in its exact spelling. */
export function isRole(value: unknown): value is Role {
  return typeof value === 'string' && (ROLES as readonly string[]).includes(value);
}
