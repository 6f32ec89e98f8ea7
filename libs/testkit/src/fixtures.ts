/** One request for each row of the module table: path, query and body, with the parties' ids inside. */
import { type InterfaceRole, type Method, type Party } from '@app/ocpi';
import * as bodies from './fixture-bodies';

export interface FixtureKey {
  readonly module: string;
  readonly interfaceRole: InterfaceRole;
  readonly method: Method;
}

export interface FixtureParties {
  readonly cpo: Party;
  readonly emsp: Party;
  /** Where a command's or charging profile's result is to be sent. */
  readonly responseUrl?: string;
}

export interface Fixture {
  /** What follows the endpoint in the path, percent-encoded in ways that a normaliser would change. */
  readonly rest: string;
  /** Without the `?`. */
  readonly query: string;
  readonly body: Buffer | null;
}

/** Text of a fixture as the table has it; left out: empty. */
interface Row {
  readonly rest?: string;
  readonly query?: string;
  readonly body?: string;
}

type Maker = (parties: Required<FixtureParties>) => Row;

const LIST: Maker = () => ({ query: 'date_from=2024-01-01T00%3A00:00Z&offset=0&limit=%35&x_own=+' });
const RESPONSE_PATH = 'START_SESSION/5f2c8b1e-0001';

/** The path of a client-owned object: the pair of its owner, then its id. */
const owned = ({ countryCode, partyId }: Party, id: string) => `/${countryCode}/${partyId}/${id}`;
const encoded = (responseUrl: string) => encodeURIComponent(responseUrl);

const FIXTURES: Readonly<Record<string, Maker>> = {
  'cdrs SENDER GET': LIST,
  'cdrs RECEIVER GET': () => ({ rest: '/CDR%2D77' }),
  'cdrs RECEIVER POST': ({ cpo, emsp }) => ({ body: bodies.cdr(cpo, emsp) }),
  'chargingprofiles SENDER POST': () => ({ rest: '/S%2d1001/result', body: bodies.chargingProfileResult() }),
  'chargingprofiles SENDER PUT': () => ({ rest: '/S-1001', body: bodies.activeChargingProfile() }),
  'chargingprofiles RECEIVER GET': ({ responseUrl }) => ({
    ...{ rest: '/S-1001', query: `duration=900&response_url=${encoded(responseUrl)}&x_own=%zz` },
  }),
  'chargingprofiles RECEIVER PUT': ({ responseUrl }) => ({
    ...{ rest: '/S-1001', body: bodies.setChargingProfile(responseUrl) },
  }),
  'chargingprofiles RECEIVER DELETE': ({ responseUrl }) => ({
    ...{ rest: '/S-1001', query: `response_url=${encoded(responseUrl)}` },
  }),
  'commands SENDER POST': () => ({ rest: `/${RESPONSE_PATH}`, body: bodies.commandResult() }),
  'commands RECEIVER POST': ({ emsp, responseUrl }) => ({
    ...{ rest: '/START_SESSION', body: bodies.startSession(emsp, responseUrl) },
  }),
  'locations SENDER GET': LIST,
  'locations RECEIVER GET': ({ cpo }) => ({ rest: owned(cpo, 'LOC1/3256') }),
  'locations RECEIVER PUT': ({ cpo }) => ({ rest: owned(cpo, 'LOC1'), body: bodies.location(cpo) }),
  'locations RECEIVER PATCH': ({ cpo }) => ({ rest: owned(cpo, 'LOC1'), body: bodies.locationPatch() }),
  'sessions SENDER GET': LIST,
  'sessions SENDER PUT': () => ({ rest: '/S-1001/charging_preferences', body: bodies.chargingPreferences() }),
  'sessions RECEIVER GET': ({ cpo }) => ({ rest: owned(cpo, 'S-1001') }),
  'sessions RECEIVER PUT': ({ cpo, emsp }) => ({
    rest: owned(cpo, 'S-1001'),
    body: bodies.session(cpo, emsp),
  }),
  'sessions RECEIVER PATCH': ({ cpo }) => ({ rest: owned(cpo, 'S-1001'), body: bodies.sessionPatch() }),
  'tariffs SENDER GET': LIST,
  'tariffs RECEIVER GET': ({ cpo }) => ({ rest: owned(cpo, 'DAY-1') }),
  'tariffs RECEIVER PUT': ({ cpo }) => ({ rest: owned(cpo, 'DAY-1'), body: bodies.tariff(cpo) }),
  'tariffs RECEIVER DELETE': ({ cpo }) => ({ rest: owned(cpo, 'DAY%2D1') }),
  'tokens SENDER GET': LIST,
  'tokens SENDER POST': () => ({
    ...{ rest: '/04E5F1A2B3/authorize', query: 'type=RFID', body: bodies.locationReferences() },
  }),
  'tokens RECEIVER GET': ({ emsp }) => ({ rest: owned(emsp, '04E5F1A2B3'), query: 'type=RFID' }),
  'tokens RECEIVER PUT': ({ emsp }) => ({
    ...{ rest: owned(emsp, '04E5F1A2B3'), query: 'type=RFID', body: bodies.token(emsp) },
  }),
  'tokens RECEIVER PATCH': ({ emsp }) => ({ rest: owned(emsp, '04E5F1A2B3'), body: bodies.tokenPatch() }),
};

/**
 * A realistic and deliberately awkward request for one method of one interface.
 *
 * @param key a row of the module table
 * @param parties whose ids go into path and body
 * @throws Error when the table has a row that this file does not know
 */
export function fixtureFor(key: FixtureKey, parties: FixtureParties): Fixture {
  const name = `${key.module} ${key.interfaceRole} ${key.method}`;
  const make = FIXTURES[name];
  if (make === undefined) throw new Error(`no fixture for ${name}`);
  const responseUrl = parties.responseUrl ?? `http://127.0.0.1:1/results/${RESPONSE_PATH}`;
  const { rest = '', query = '', body } = make({ ...parties, responseUrl });
  return { rest, query, body: body === undefined ? null : Buffer.from(body) };
}
