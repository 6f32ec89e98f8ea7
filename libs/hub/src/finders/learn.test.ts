import { gzipSync } from 'node:zlib';
import { partyKey } from '@app/ocpi';
import { factsOf } from './learn';
import { answered, directoryOf, openMessage, pair, platformOf, type Said } from './message.fixture';

const directory = directoryOf(platformOf('NL*CPO', 'CPO'), platformOf('DE*MSP', 'EMSP'));
const OK = { status_code: 1000 };
const ACCEPTED = { ...OK, data: { result: 'ACCEPTED' } };

/** Facts as `kind scope type/id owner`. */
function learned(said: Said, to: string | undefined, answer: object = OK): string[] {
  const relayed = answered(openMessage(directory, said), to, answer);
  return factsOf(relayed).map(({ kind, scope, type, id, owner }) =>
    [kind, scope ? partyKey(scope) : '-', type ? `${type}/${id}` : id, partyKey(owner)].join(' '),
  );
}
const byCpo = (method: string, path: string, body?: object) => ({ from: 'NL*CPO', method, path, body });
const byEmsp = (method: string, path: string, body?: object) => ({ from: 'DE*MSP', method, path, body });

describe('what an exchange teaches', () => {
  test('a pushed location belongs to its sender, at every level, broadcast too', () => {
    for (const path of ['nl/cpo/loc%2D1', 'NL/CPO/LOC-1/3256', 'NL/CPO/LOC-1/3256/1']) {
      const said = byCpo('PATCH', `receiver/locations/${path}`, {});
      expect(learned(said, 'DE*MSP')).toEqual(['location - LOC-1 NL*CPO']);
      expect(learned(said, undefined)).toEqual(['location - LOC-1 NL*CPO']);
    }
  });

  test('a pushed session belongs to its CPO, for anybody and for its eMSP, and to its eMSP for the CPO', () => {
    expect(learned(byCpo('PUT', 'receiver/sessions/NL/CPO/S1', {}), 'DE*MSP')).toEqual([
      'session - S1 NL*CPO',
      'session DE*MSP S1 NL*CPO',
      'session_receiver NL*CPO S1 DE*MSP',
    ]);
  });

  test('the token of a CDR belongs to the eMSP that took the CDR', () => {
    const body = { cdr_token: { uid: '04a', type: 'OTHER', country_code: 'FR', party_id: 'QQQ' } };
    expect(learned(byCpo('POST', 'receiver/cdrs', body), 'DE*MSP')).toEqual(['token - OTHER/04A DE*MSP']);
  });

  test('a pushed token belongs to its sender, by the type in the URL, else in the object, else RFID', () => {
    const put = (query: string, body: object) => byEmsp('PUT', `receiver/tokens/DE/MSP/04a${query}`, body);
    expect(learned(put('?type=APP_USER', { type: 'RFID' }), 'NL*CPO')).toEqual([
      'token - APP_USER/04A DE*MSP',
    ]);
    expect(learned(put('', { type: 'AD_HOC_USER' }), 'NL*CPO')).toEqual(['token - AD_HOC_USER/04A DE*MSP']);
    expect(learned(put('', {}), 'NL*CPO')).toEqual(['token - RFID/04A DE*MSP']);
  });

  test('a reservation belongs to the CPO that accepted it, for the eMSP that made it', () => {
    const body = { reservation_id: 'r1', location_id: 'L', token: { uid: '04a', type: 'RFID' } };
    const said = byEmsp('POST', 'receiver/commands/RESERVE_NOW', body);
    const facts = ['reservation DE*MSP R1 NL*CPO', 'token - RFID/04A DE*MSP'];
    expect(learned(said, 'NL*CPO', ACCEPTED)).toEqual(facts);
    expect(learned(said, 'NL*CPO', { ...OK, data: { result: 'REJECTED' } })).toEqual([]);
  });

  test('START_SESSION teaches the token alone, CANCEL_RESERVATION and STOP_SESSION nothing', () => {
    const body = { reservation_id: 'r1', session_id: 's', token: { uid: '04a', type: 'RFID' } };
    const to = (name: string) =>
      learned(byEmsp('POST', `receiver/commands/${name}`, body), 'NL*CPO', ACCEPTED);
    expect(to('START_SESSION')).toEqual(['token - RFID/04A DE*MSP']);
    expect([...to('CANCEL_RESERVATION'), ...to('STOP_SESSION')]).toEqual([]);
  });

  test('an authorization with a verdict shows whose token it is', () => {
    const said = byCpo('POST', 'sender/tokens/04a/authorize?type=RFID');
    expect(learned(said, 'DE*MSP', { ...OK, data: { allowed: 'BLOCKED' } })).toEqual([
      'token - RFID/04A DE*MSP',
    ]);
    expect(learned(said, 'DE*MSP', OK)).toEqual([]);
  });

  test("an object under another party's name, a missing or an odd id teach nothing", () => {
    for (const path of [
      'FR/QQQ/L1',
      'NL/CPO/',
      'NL/CPO',
      'NL/CPO/%00',
      'NL/CPO/%zz',
      `NL/CPO/${'x'.repeat(129)}`,
    ]) {
      expect(learned(byCpo('PUT', `receiver/locations/${path}`, {}), 'DE*MSP')).toEqual([]);
    }
  });

  test('what was not a success teaches nothing', () => {
    const relayed = answered(
      openMessage(directory, byCpo('PUT', 'receiver/sessions/NL/CPO/S1', {})),
      'DE*MSP',
      OK,
    );
    expect(factsOf({ ...relayed, answer: { ...relayed.answer, ocpiStatus: 2001 } })).toEqual([]);
    expect(factsOf({ ...relayed, answer: { ...relayed.answer, httpStatus: 404 } })).toEqual([]);
    expect(factsOf(relayed)).toHaveLength(3);
  });

  test('encoded bodies are looked into, and pass as they are', () => {
    const said = byCpo('POST', 'receiver/cdrs', { cdr_token: { uid: '04A', type: 'RFID' } });
    const relayed = answered(openMessage(directory, said), 'DE*MSP', OK);
    const encoded = { ...relayed, body: gzipSync(relayed.body!), headers: { 'content-encoding': 'gzip' } };
    expect(factsOf(encoded)).toMatchObject([{ id: '04A', owner: pair('DE*MSP') }]);
  });
});
