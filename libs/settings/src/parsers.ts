import { isIP } from 'node:net';
import { MAX_PUBLIC_URL_CHARACTERS } from '@app/ocpi';

/**
 * Parsers of environment values. A parser turns the text of one variable into its value, or throws a
 * `NotAllowed` whose message completes the sentence "must be …".
 */
export class NotAllowed extends Error {}

/** One kind of value: what is allowed, in words, and how the text becomes the value. */
export interface Kind<T> {
  readonly allowed: string;
  parse(text: string): T;
}

function kind<T>(allowed: string, read: (text: string) => T | undefined): Kind<T> {
  const parse = (text: string): T => {
    const value = read(text);
    if (value === undefined) throw new NotAllowed(allowed);
    return value;
  };
  return { allowed, parse };
}

/** A whole number from `min` to `max`, both included, in plain digits: `1e3`, `0x10` and `1.0` are refused. */
export function whole(min: number, max: number): Kind<number> {
  return kind(`a whole number from ${min} to ${max}`, (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
    return value >= min && value <= max ? value : undefined;
  });
}

/** A TCP port; 0 asks the system for any free one. */
export const port: Kind<number> = whole(0, 65_535);

/** `true` or `false` and nothing else: `0`, `no` and a typo must not silently mean one of them. */
export const flag: Kind<boolean> = kind('true or false', (text) =>
  text === 'true' ? true : text === 'false' ? false : undefined,
);

/** One of the given words. */
export function oneOf<const W extends string>(words: readonly W[]): Kind<W> {
  return kind(`one of ${words.join(', ')}`, (text) => words.find((word) => word === text));
}

/** Text of `min` to `max` characters without control characters. */
export function textOf(min: number, max: number): Kind<string> {
  const pattern = /^[^\p{Cc}]*$/u;
  return kind(`${min} to ${max} characters, no control characters`, (text) =>
    text.length >= min && text.length <= max && pattern.test(text) ? text : undefined,
  );
}

/** ISO 3166-1 alpha-2, shown upper case. Spec: 2.2.1-d2 credentials, CredentialsRole object, country_code. */
export const countryCode: Kind<string> = kind('two letters', (text) =>
  /^[A-Za-z]{2}$/.test(text) ? text.toUpperCase() : undefined,
);

/** Spec: 2.2.1-d2 credentials, CredentialsRole object, party_id (CiString(3)). Shown upper case. */
export const partyId: Kind<string> = kind('three letters or digits', (text) =>
  /^[A-Za-z0-9]{3}$/.test(text) ? text.toUpperCase() : undefined,
);

function urlWith(protocols: readonly string[], text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url && protocols.includes(url.protocol) && url.hostname !== '' ? url : undefined;
}

/**
 * The public base URL: http or https, no credentials, query or fragment; a `/` at its end is taken off. It is
 * short enough for every URL that stands on it to be a URL of OCPI.
 */
export const baseUrl: Kind<string> = kind(
  `an http:// or https:// URL of at most ${MAX_PUBLIC_URL_CHARACTERS} characters without credentials, query or fragment`,
  (text) => {
    const url = urlWith(['http:', 'https:'], text);
    if (!url || url.username !== '' || url.password !== '' || /[?#]/.test(text)) return undefined;
    const base = url.href.replace(/\/+$/, '');
    return base.length > MAX_PUBLIC_URL_CHARACTERS ? undefined : base;
  },
);

/** A URL that the hub tells to platforms. Spec: 2.2.1-d2 types, URL type. */
const MAX_URL_LENGTH = 255;

function toldUrl(text: string): URL | undefined {
  const url =
    /^[!-~]+$/.test(text) && text.length <= MAX_URL_LENGTH ? urlWith(['http:', 'https:'], text) : undefined;
  return url?.username === '' && url.password === '' ? url : undefined;
}

/** A page that people open. */
export const webUrl: Kind<string> = kind(
  `an http:// or https:// URL of at most ${MAX_URL_LENGTH} characters without credentials`,
  (text) => toldUrl(text) && text,
);

/** An image; the end of its path says which kind. Spec: 2.2.1-d2 mod_locations, Image class, `type`. */
export const imageUrl: Kind<string> = kind(
  `an http:// or https:// URL of at most ${MAX_URL_LENGTH} characters whose path ends in .gif, .jpeg, .jpg, .png or .svg`,
  (text) => (/\.(?:gif|jpe?g|png|svg)$/i.test(toldUrl(text)?.pathname ?? '') ? text : undefined),
);

/** A connection URL of one of the given protocols, kept as it was written. */
export function connectionUrl(...protocols: readonly string[]): Kind<string> {
  const shown = protocols.map((protocol) => `${protocol}://`).join(' or ');
  const wanted = protocols.map((protocol) => `${protocol}:`);
  return kind(`a ${shown} URL`, (text) => (urlWith(wanted, text) ? text : undefined));
}

const KEY_BYTES = 32;

/** An AES-256 key: 32 bytes as 64 hex digits or as base64 (with or without padding, URL alphabet too). */
export const key: Kind<Buffer> = kind('32 bytes as base64 or as 64 hex digits', (text) => {
  if (/^[0-9a-fA-F]{64}$/.test(text)) return Buffer.from(text, 'hex');
  if (!/^[A-Za-z0-9+/_-]{43}=?$/.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64');
  return bytes.length === KEY_BYTES ? bytes : undefined;
});

/** Several values with commas between them; the faults of none of them are kept from the others. */
export function listOf<T>(each: Kind<T>, words: string, most: number): Kind<readonly T[]> {
  return kind(`at most ${most} ${words} with commas between them`, (text) => {
    const parts = text.split(',').map((part) => part.trim());
    if (parts.length > most) return undefined;
    try {
      return parts.filter((part) => part !== '').map((part) => each.parse(part));
    } catch (error) {
      if (error instanceof NotAllowed) return undefined;
      throw error;
    }
  });
}

/** An IP address, or a network as an address and its number of leading bits: `10.0.0.0/8`. */
export const network: Kind<string> = kind('an address or network', (text) => {
  const [address = '', bits, ...more] = text.split('/');
  const most = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  const isWhole = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most);
  return most > 0 && isWhole && more.length === 0 ? text.toLowerCase() : undefined;
});

/** The name of an HTTP header, in lower case. */
export const headerName: Kind<string> = kind('1 to 100 letters, digits and hyphens', (text) =>
  /^[A-Za-z0-9-]{1,100}$/.test(text) ? text.toLowerCase() : undefined,
);
