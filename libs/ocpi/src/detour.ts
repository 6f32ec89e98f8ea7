/**
 * URLs of the hub that stand for a URL of a peer, so that what is sent there comes back through the hub.
 *
 * Spec: 2.2.1-d2 types, URL type; mod_commands and mod_charging_profiles, `response_url`;
 * transport_and_format, Paginated Response; mod_cdrs, POST Method (Location header).
 */
import { type Version, VERSIONS } from './version';

/** What the URL was handed over as: a `response_url`, the `Link` to a next page, the `Location` of a CDR. */
export const DETOUR_KINDS = ['response', 'link', 'location'] as const;
export type DetourKind = (typeof DETOUR_KINDS)[number];

/** Results are posted, an ActiveChargingProfile is put; pages and CDRs are read. */
export const DETOUR_METHODS: Readonly<Record<DetourKind, readonly string[]>> = {
  response: ['POST', 'PUT'],
  link: ['GET'],
  location: ['GET'],
};

/** 144 random bits: out of guessing range, and a whole number of Base64 characters. */
export const DETOUR_ID_BYTES = 18;
const DETOUR_ID_CHARACTERS = (DETOUR_ID_BYTES * 8) / 6;
/** Spec: 2.2.1-d2 types, URL type. */
const MAX_URL_CHARACTERS = 255;

/** How long the hub's own base URL may be for every URL that it hands out to be a URL of OCPI: 210 characters. */
export const MAX_PUBLIC_URL_CHARACTERS =
  MAX_URL_CHARACTERS -
  Math.max(...VERSIONS.map(({ version }) => detourUrl('', version, '').length)) -
  DETOUR_ID_CHARACTERS;

/** Whether a text can be the id of a detour at all; the store is not asked for others. */
export function isDetourId(text: string): boolean {
  return text.length === DETOUR_ID_CHARACTERS && /^[\w-]+$/.test(text);
}

/** The URL that a platform on `version` is handed out for a detour. */
export function detourUrl(publicUrl: string, version: Version, id: string): string {
  return `${publicUrl}/ocpi/${version}/callback/${id}`;
}
