/** Requests that name no receiver: found by what they say, over real sockets, asserted at the receivers. */
import { randomUUID } from 'node:crypto';
import { type JoinedPlatform, type TestHub } from '../support/hub';
import {
  RESPONSE_URL,
  type Call,
  clearAll,
  command,
  found,
  pushedLocation,
  pushedSession,
  pushedToken,
  refused,
  sent,
  startOpenWorld,
  taught,
} from '../support/open-world';

let hub: TestHub;
let cpo: JoinedPlatform;
let cpo2: JoinedPlatform;
let emsp: JoinedPlatform;
let emsp2: JoinedPlatform;
/** Ids of one test. */
let loc: string;
let ses: string;

beforeAll(async () => {
  ({ hub, cpo, cpo2, emsp, emsp2 } = await startOpenWorld());
});
afterAll(() => hub.close());
beforeEach(() => {
  clearAll();
  loc = `loc-${randomUUID()}`.slice(0, 36);
  ses = `ses-${randomUUID()}`.slice(0, 36);
});

describe('a command without a receiver', () => {
  test.each(['START_SESSION', 'RESERVE_NOW', 'UNLOCK_CONNECTOR'])(
    '%s goes to the owner of its location, byte for byte, whatever the case of the id',
    async (name) => {
      await pushedLocation(cpo2, loc);
      const body = `{"response_url":"${RESPONSE_URL}" , "x":1.00,"location_id": "${loc.toUpperCase()}"}`;
      const request = found(cpo2, await sent(emsp, { ...command(name, {}), body }));
      expect(request.rest).toBe(`/${name}`);
      expect(request.body.toString()).toContain('"x":1.00,"location_id": ');
      expect(request.headers).toMatchObject({ 'ocpi-from-country-code': 'DE', 'ocpi-from-party-id': 'MSP' });
    },
  );

  test.each(['START_SESSION', 'RESERVE_NOW', 'UNLOCK_CONNECTOR'])(
    '%s for an unknown location, and without one, is refused by the name of the field',
    async (name) => {
      refused(await sent(emsp, command(name, { location_id: loc })), /by location_id/);
      refused(await sent(emsp, command(name, {})), /location_id is missing/);
    },
  );

  test('START_SESSION for a location id of two CPOs is refused as ambiguous', async () => {
    await pushedLocation(cpo, loc);
    await pushedLocation(cpo2, loc);
    refused(await sent(emsp, command('START_SESSION', { location_id: loc })), /location_id: more than one/);
  });

  test('STOP_SESSION goes to the owner of the session', async () => {
    await pushedSession(cpo, ses);
    found(cpo, await sent(emsp, command('STOP_SESSION', { session_id: ses })));
  });

  test("STOP_SESSION for a session id of two CPOs goes to the one whose session is the sender's", async () => {
    await pushedSession(cpo, ses, 'DE*MSP');
    await pushedSession(cpo2, ses, 'DE*MS2');
    found(cpo2, await sent(emsp2, command('STOP_SESSION', { session_id: ses })));
  });

  test("STOP_SESSION for two sessions of the sender's under one id is ambiguous, for none unresolved", async () => {
    refused(await sent(emsp, command('STOP_SESSION', { session_id: ses })), /by session_id/);
    await pushedSession(cpo, ses);
    await pushedSession(cpo2, ses);
    refused(await sent(emsp, command('STOP_SESSION', { session_id: ses })), /session_id: more than one/);
  });

  test('CANCEL_RESERVATION goes to the CPO that took the reservation of this sender, and of no other', async () => {
    const reservation = { reservation_id: randomUUID() };
    await taught(emsp, { ...command('RESERVE_NOW', { ...reservation, location_id: loc }), to: 'NL*CPO' });
    await taught(emsp2, { ...command('RESERVE_NOW', { ...reservation, location_id: loc }), to: 'NL*CP2' });
    found(cpo, await sent(emsp, command('CANCEL_RESERVATION', reservation)));
    cpo.clear();
    found(cpo2, await sent(emsp2, command('CANCEL_RESERVATION', reservation)));
  });

  test('CANCEL_RESERVATION of a reservation that two CPOs took is ambiguous, of one that none took unresolved', async () => {
    const reservation = { reservation_id: randomUUID() };
    cpo2.answerWith(() => ({ body: { result: 'REJECTED', timeout: 30 } }));
    const reserve = command('RESERVE_NOW', { ...reservation, location_id: loc });
    await taught(emsp, { ...reserve, to: 'NL*CP2' });
    refused(await sent(emsp, command('CANCEL_RESERVATION', reservation)), /by reservation_id/);
    await taught(emsp, { ...reserve, to: 'NL*CPO' });
    await taught(emsp, { ...reserve, to: 'NL*CP2' });
    refused(await sent(emsp, command('CANCEL_RESERVATION', reservation)), /reservation_id: more than one/);
  });

  test('a command that the specification does not know leads nowhere', async () => {
    refused(await sent(emsp, command('DO_A_DANCE', { location_id: loc })), /name the receiving party/);
  });
});

describe('sessions and CDRs without a receiver', () => {
  const cdrToken = { uid: '0499', type: 'RFID', contract_id: 'X' };
  const put = (body: object): Call => ({
    ...{ module: 'sessions', interfaceRole: 'RECEIVER', method: 'PUT', rest: `/NL/CPO/${ses}` },
    body: { country_code: 'NL', party_id: 'CPO', id: ses, ...body },
  });
  const cdr = (body: object): Call => ({
    ...{ module: 'cdrs', interfaceRole: 'RECEIVER', method: 'POST' },
    body: { country_code: 'NL', party_id: 'CPO', id: 'C1', ...body },
  });

  test('go to the eMSP in cdr_token, not to the pair at the top of the object', async () => {
    const body = { cdr_token: { country_code: 'de', party_id: 'ms2', ...cdrToken } };
    found(emsp2, await sent(cpo, put(body)));
    emsp2.clear();
    found(emsp2, await sent(cpo, cdr(body)));
  });

  test('whose cdr_token names no eMSP (2.2) go to the issuer of the token', async () => {
    const uid = randomUUID().slice(0, 20);
    await pushedToken(emsp, uid);
    found(emsp, await sent(cpo, cdr({ cdr_token: { ...cdrToken, uid: uid.toUpperCase() } })));
  });

  test('whose token two eMSPs issued are refused as ambiguous', async () => {
    const uid = randomUUID().slice(0, 20);
    await pushedToken(emsp, uid);
    await pushedToken(emsp2, uid);
    refused(await sent(cpo, cdr({ cdr_token: { ...cdrToken, uid } })), /cdr_token\.uid: more than one/);
  });

  test('of a party or a token that nobody knows are refused by the name of the field', async () => {
    const stranger = { country_code: 'FR', party_id: 'QQQ', ...cdrToken };
    refused(await sent(cpo, cdr({ cdr_token: stranger })), /cdr_token\.party_id leads to FR\*QQQ/);
    refused(await sent(cpo, cdr({ cdr_token: { ...cdrToken, uid: randomUUID() } })), /by cdr_token\.uid/);
    refused(await sent(cpo, cdr({})), /cdr_token\.country_code.* is missing/);
  });

  test('PATCH of a session, which says nothing of the eMSP, follows the PUT of the same CPO', async () => {
    await pushedSession(cpo, ses, 'DE*MS2');
    await pushedSession(cpo2, ses, 'DE*MSP');
    const patch: Call = { ...put({}), method: 'PATCH', body: { kwh: 7 } };
    found(emsp2, await sent(cpo, patch));
    emsp2.clear();
    found(emsp2, await sent(cpo, { ...patch, method: 'GET', body: undefined }));
  });

  test("PATCH of a session that was never pushed, or of another party's, is refused", async () => {
    const patch: Call = { ...put({}), method: 'PATCH', body: { kwh: 7 } };
    refused(await sent(cpo, patch), /by session_id/);
    await pushedSession(cpo2, ses);
    refused(await sent(cpo, { ...patch, rest: `/NL/CP2/${ses}` }), /NL\*CP2/, 2001);
  });
});

describe('requests about an object of a CPO without a receiver', () => {
  test('GET of a location, an EVSE and a connector go to the owner, path and query untouched', async () => {
    await pushedLocation(cpo, `${loc}%2F1`);
    for (const rest of [`/${loc}%2f1`, `/${loc}%2F1/3256`, `/${loc}%2f1/3256/1`]) {
      const call: Call = {
        module: 'locations',
        interfaceRole: 'SENDER',
        method: 'GET',
        rest,
        query: 'x=%zz',
      };
      const request = found(cpo, await sent(emsp, call));
      expect(request.rest).toBe(rest);
      expect(request.query).toBe('x=%zz');
      cpo.clear();
    }
  });

  test('GET of an unknown location and of one that two CPOs have are refused', async () => {
    const call: Call = { module: 'locations', interfaceRole: 'SENDER', method: 'GET', rest: `/${loc}` };
    refused(await sent(emsp, call), /by location_id/);
    await pushedLocation(cpo, loc);
    await pushedLocation(cpo2, loc);
    refused(await sent(emsp, call), /location_id: more than one/);
  });

  const ofSession: readonly [string, (id: string) => Call][] = [
    [
      'charging preferences',
      (id) => ({
        ...{ module: 'sessions', interfaceRole: 'SENDER', method: 'PUT' },
        ...{ rest: `/${id}/charging_preferences`, body: { profile_type: 'GREEN' } },
      }),
    ],
    ...(['GET', 'PUT', 'DELETE'] as const).map((method): [string, (id: string) => Call] => [
      `${method} of a charging profile`,
      (id) => ({
        ...{ module: 'chargingprofiles', interfaceRole: 'RECEIVER', method, rest: `/${id}` },
        ...(method === 'PUT'
          ? { body: { response_url: RESPONSE_URL, charging_profile: {} } }
          : { query: `response_url=${RESPONSE_URL}` }),
      }),
    ]),
  ];

  test.each(ofSession)('%s: to the owner of the session', async (_, call) => {
    await pushedSession(cpo2, ses);
    found(cpo2, await sent(emsp, call(ses)));
  });

  test.each(ofSession)('%s: refused for no session and for two', async (_, call) => {
    refused(await sent(emsp, call(ses)), /by session_id/);
    await pushedSession(cpo, ses);
    await pushedSession(cpo2, ses);
    refused(await sent(emsp, call(ses)), /session_id: more than one/);
  });

  test('a changed charging profile goes to the party that had set it', async () => {
    const set = { ...ofSession[2]![1](ses), to: 'NL*CPO' };
    await taught(emsp2, set);
    const push: Call = {
      ...{ module: 'chargingprofiles', interfaceRole: 'SENDER', method: 'PUT' },
      ...{ rest: `/${ses}`, body: { charging_profile: {} } },
    };
    found(emsp2, await sent(cpo, push));
    emsp2.clear();
    refused(await sent(cpo2, push), /by session_id/);
  });
});

describe('what a list or an object of somebody cannot tell', () => {
  test.each(['cdrs', 'locations', 'sessions', 'tariffs'])(
    'a list of %s is refused with a hint at the hub party',
    async (module) => {
      const list: Call = { module, interfaceRole: 'SENDER', method: 'GET', query: 'limit=5' };
      refused(await sent(emsp, list), /OCPI-to-\*, or the hub party/);
    },
  );

  test.each(['locations', 'tariffs'])('GET of own %s at somebody is refused', async (module) => {
    const call: Call = { module, interfaceRole: 'RECEIVER', method: 'GET', rest: `/NL/CPO/${loc}` };
    refused(await sent(cpo, call), /does not tell its receiver/);
  });
});
