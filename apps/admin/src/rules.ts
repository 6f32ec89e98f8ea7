/**
 * What class-validator has no rule for: the forms of OCPI's own types, each told in words an operator can act on.
 */
import { isErrorCode, isHostName } from '@app/hub';
import {
  CONFIGURATION_MODULES,
  isCredentialsToken,
  isRole,
  moduleRow,
  parsePartyId,
  type PartyId,
  type PartyKey,
  partyKey,
} from '@app/ocpi';
import { applyDecorators } from '@nestjs/common';
import { IsString, Length, Matches, ValidateBy, type ValidationOptions } from 'class-validator';

/** A half of a pair that is well-formed, to check the other half with. */
const COUNTRY = 'NL';
const PARTY = 'TNM';
/** Spec: 2.2.1-d2 types, URL type. */
const MAX_URL_LENGTH = 255;
const RFC3339 = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/i;
/** What stands between two slashes of a URL, without what separates modules in a list. */
const MODULE_ID = /^[^\s/?#*,;"\x00-\x1f\x7f-\uffff]{1,64}$/;
const PARTY_KEY = /^([^*-]{2})[*-]([^*-]{3})$/;

function rule(name: string, says: string, holds: (value: string) => boolean) {
  return ruleOf(name, says, (value) => typeof value === 'string' && holds(value));
}

function ruleOf(name: string, says: string, holds: (value: unknown) => boolean) {
  return (options?: ValidationOptions): PropertyDecorator =>
    ValidateBy(
      {
        name,
        validator: {
          validate: holds,
          defaultMessage: () => `$property ${says}`,
        },
      },
      options,
    );
}

/** A whole number between two bounds, both included: one rule, so that text is not told that it is too great. */
export function IsWhole(least: number, most?: number): PropertyDecorator {
  const range = most === undefined ? `of at least ${least}` : `from ${least} to ${most}`;
  const holds = (value: unknown): boolean =>
    Number.isInteger(value) && Number(value) >= least && Number(value) <= (most ?? Infinity);
  return ruleOf('isWhole', `must be a whole number ${range}`, holds)();
}

export const MAX_NAME_LENGTH = 100;

/** The name of a thing, as people write it. */
export function IsName(): PropertyDecorator {
  return applyDecorators(
    IsString(),
    Length(1, MAX_NAME_LENGTH),
    Matches(/\S/, { message: '$property must not be blank' }),
    Matches(/^\P{Cc}*$/u, { message: '$property must have no control characters' }),
  );
}

/** ISO-3166 alpha-2, any case. Spec: 2.2.1-d2 credentials, CredentialsRole class. */
export const IsCountryCode = rule(
  'isCountryCode',
  'must be two letters (ISO-3166 alpha-2)',
  (value) => parsePartyId(value, PARTY) !== undefined,
);

/** Three characters, any case. Spec: 2.2.1-d2 credentials, CredentialsRole class. */
export const IsPartyId = rule(
  'isPartyId',
  'must be three letters or digits',
  (value) => parsePartyId(COUNTRY, value) !== undefined,
);

/** Any role but `HUB`: the hub itself is the only hub party here. */
export const IsPeerRole = rule(
  'isPeerRole',
  'must be CPO, EMSP, NAP, NSP, OTHER or SCSP (HUB is the hub itself)',
  (value) => isRole(value) && value !== 'HUB',
);

/** `NL*TNM` or `NL-TNM`, any case. */
export const IsPartyKey = rule(
  'isPartyKey',
  'must be a country_code and a party_id such as NL*TNM or NL-TNM',
  (value) => toPartyKey(value) !== undefined,
);

/** A point in time with its zone. */
export const IsTimestamp = rule(
  'isTimestamp',
  'must be an RFC 3339 time such as 2026-01-31T08:00:00Z',
  (value) => toDate(value) !== undefined,
);

/** An absolute http or https URL of at most 255 characters, without user, password or fragment. */
export const IsPeerUrl = rule(
  'isPeerUrl',
  `must be an absolute http or https URL of at most ${MAX_URL_LENGTH} characters, without user name or fragment`,
  isPeerUrl,
);

/** A host, with a port or without. */
export const IsHost = rule(
  'isHost',
  'must be a host such as ocpi.example.com or ocpi.example.com:8443, without a scheme',
  isHostName,
);

/** What ids and ModuleIDs are made of. Spec: 2.2.1-d2 types, CiString. */
export const IsPrintable = rule('isPrintable', 'must be printable ASCII', (value) =>
  /^[\x20-\x7e]+$/.test(value),
);

/** Spec: 2.2.1-d2 credentials, Credentials object, `token`. */
export const IsCredentialsToken = rule(
  'isCredentialsToken',
  'must be 1 to 64 printable ASCII characters, as the platform gave it (not Base64 encoded)',
  isCredentialsToken,
);

/** A ModuleID that is routed, or `*`. OCPI's own are written as OCPI does: `CDRS` would match no message. */
export const IsModuleIdOrAll = rule(
  'isModuleIdOrAll',
  'must hold ModuleIDs that are routed, such as cdrs (1 to 64 characters, OCPI’s own in lower case), or * alone',
  (value) => value === '*' || isModuleId(value),
);

/** A ModuleID to look for. OCPI's own are written as OCPI does: `Locations` would match nothing. */
export const IsModuleFilter = rule(
  'isModuleFilter',
  'must be a ModuleID such as locations (1 to 64 characters, OCPI’s own in lower case)',
  (value) => CONFIGURATION_MODULES.includes(value) || isModuleId(value),
);

/** `error` of a message in the log; there are too many to list them to somebody who mistyped one. */
export const IsErrorCode = rule(
  'isErrorCode',
  'is no code that is known; such codes are receiver_unknown or http_503',
  isErrorCode,
);

/** The pair that `NL*TNM` or `nl-tnm` stands for. */
export function toPartyId(text: string): PartyId | undefined {
  const [, countryCode = '', partyId = ''] = PARTY_KEY.exec(text) ?? [];
  return parsePartyId(countryCode, partyId);
}

/** The same as `NL*TNM`. */
export function toPartyKey(text: string): PartyKey | undefined {
  const pair = toPartyId(text);
  return pair && partyKey(pair);
}

/**
 * The moment that an RFC 3339 text names; `undefined` for other forms, for days that do not exist, and for moments that
 * lie, in UTC, outside of the years that RFC 3339 can write.
 */
export function toDate(text: string): Date | undefined {
  const day = RFC3339.exec(text)?.[1];
  const moment = new Date(text);
  if (day === undefined || Number.isNaN(moment.getTime()) || !/^\d/.test(moment.toISOString()))
    return undefined;
  return new Date(`${day}T00:00:00Z`).toISOString().startsWith(day) ? moment : undefined;
}

/** `true` and `false` of a text that says so; anything else stays as it is, for the rules after it to refuse. */
export function toBoolean({ value }: { value: unknown }): unknown {
  if (value === 'true') return true;
  return value === 'false' ? false : value;
}

function isModuleId(text: string): boolean {
  const usual = text.toLowerCase();
  if (!MODULE_ID.test(text) || CONFIGURATION_MODULES.includes(usual)) return false;
  return text === usual || moduleRow(usual) === undefined;
}

function isPeerUrl(text: string): boolean {
  if (text.length > MAX_URL_LENGTH || !URL.canParse(text)) return false;
  const url = new URL(text);
  return /^https?:$/.test(url.protocol) && url.username === '' && url.password === '' && !text.includes('#');
}
