/** What real platforms were seen to do differently. A test platform has the habits that its test gives it. */
import { type InterfaceRole } from '@app/ocpi';
import { type ServerResponse } from 'node:http';
import { type CallHeaders } from './ocpi-call';

export interface Habits {
  /** It shows the token as it is, not in Base64. */
  readonly encodesNothing?: boolean;
  /** It looks for the hub's credentials endpoint in this role alone. */
  readonly credentialsRole?: InterfaceRole;
  /** How it refuses a token: an envelope in HTTP 200, or a framework's `{"detail": …}`; 401 with an envelope when left out. */
  readonly refusesBy?: 'envelope_in_200' | 'detail';
  /** It sends no message ids and no routing headers, neither with requests nor with answers. */
  readonly sendsNoHeaders?: boolean;
  /** It redirects (307) every URL to the one with a last `/`. */
  readonly redirectsToSlash?: boolean;
  /** It writes its country codes and party ids in small letters. */
  readonly lowerCase?: boolean;
  /** It writes times with `+00:00` in place of `Z`. */
  readonly offsetTimes?: boolean;
}

/** What the sloppiest platforms have in common. */
export const SLOPPIEST: Habits = {
  ...{ encodesNothing: true, credentialsRole: 'RECEIVER', sendsNoHeaders: true, redirectsToSlash: true },
  ...{ lowerCase: true, offsetTimes: true },
};

const NO_HEADERS: CallHeaders = {
  ...{ 'X-Request-ID': null, 'X-Correlation-ID': null },
  ...{ 'OCPI-from-country-code': null, 'OCPI-from-party-id': null },
  ...{ 'OCPI-to-country-code': null, 'OCPI-to-party-id': null },
};

/** Headers of a call as these habits have them; null leaves one out. */
export function callHeaders(habits: Habits, token: string | null): CallHeaders {
  return {
    ...(habits.encodesNothing && token !== null && { Authorization: `Token ${token}` }),
    ...(habits.sendsNoHeaders && NO_HEADERS),
  };
}

/** Refuses a token. False when these habits know no way of their own. */
export function refuseToken({ refusesBy }: Habits, response: ServerResponse): boolean {
  const json = { 'Content-Type': 'application/json' };
  if (refusesBy === 'detail') response.writeHead(401, json).end('{"detail":"Invalid token."}');
  else if (refusesBy === 'envelope_in_200') response.writeHead(200, json).end(ENVELOPE);
  else return false;
  return true;
}

const ENVELOPE =
  '{"status_code":2001,"status_message":"Unknown token","timestamp":"2026-01-01T00:00:00+00:00"}';

/** Redirects to the URL with a last `/`. False when it has one, or these habits do not. */
export function redirect({ redirectsToSlash }: Habits, rawUrl: string, response: ServerResponse): boolean {
  const [path = '', ...query] = rawUrl.split('?');
  if (!redirectsToSlash || path.endsWith('/')) return false;
  const location = [`${path}/`, ...query].join('?');
  response.writeHead(307, { Location: location }).end();
  return true;
}

/** JSON text with its times as these habits write them. */
export function written<T extends Buffer | string>({ offsetTimes }: Habits, body: T): T | string {
  return offsetTimes ? body.toString().replace(/(T\d\d:\d\d:\d\d(?:\.\d+)?)Z"/g, '$1+00:00"') : body;
}
