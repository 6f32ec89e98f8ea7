import { moduleRow, type PartyId, type Role } from '@app/ocpi';
import { gzipSync } from 'node:zlib';
import { PlatformEntry } from '../directory';
import { platform } from '../directory/platforms.fixture';
import { type Identified } from '../exchange';
import { listingOf, whyNotKept } from './object-change';

const CPO: PartyId = { countryCode: 'NL', partyId: 'CPO' };
const TOKEN = '{"country_code":"NL","party_id":"CPO","uid":"T1"}';
const WHOLE = '{"country_code":"nl","party_id":"Cpo","id":"loc1","x":1.00}';

interface Push {
  readonly module?: string;
  readonly method?: string;
  readonly query?: string;
  readonly body?: string | Buffer | null;
  readonly headers?: Record<string, string>;
  readonly interfaceRole?: string;
  /** In which the sender holds `NL*CPO`. */
  readonly roles?: readonly Role[];
  /** Another party of its platform. */
  readonly sibling?: string;
}

function listing(rest: string, push: Push = {}) {
  const { module = 'locations', method = 'PUT', query = '', body = WHOLE, headers = {} } = push;
  const parties = (push.roles ?? ['CPO', 'EMSP']).map((role) => `NL*CPO/${role}`);
  if (push.sibling !== undefined) parties.push(push.sibling);
  const target = { version: '2.2.1', interfaceRole: push.interfaceRole ?? 'RECEIVER', module, rest, query };
  const message: unknown = {
    ...{ target, row: moduleRow(module), method, headers, from: CPO },
    ...{ body: body === null ? null : Buffer.from(body), receivedAt: new Date(0) },
    caller: new PlatformEntry(platform('p1', { parties })),
  };
  return listingOf(message as Identified);
}

const change = (rest: string, push: Push = {}) => listing(rest, push).change;

test('a push of a whole object is kept under its owner and id, in whatever case, with its very bytes', () => {
  expect(change('/nl/cPo/loC1')).toEqual({
    key: { module: 'locations', owner: 'NL*CPO', id: 'LOC1', type: '' },
    ...{ platformId: 'p1', method: 'PUT', part: [], body: Buffer.from(WHOLE), receivedAt: new Date(0) },
  });
  expect(change('/NL/CPO/LOC%31')?.key.id).toBe('LOC1');
});

test('an encoded body is kept decoded', () => {
  const gzip = { body: gzipSync(WHOLE), headers: { 'content-encoding': 'gzip' } };
  expect(change('/NL/CPO/LOC1', gzip)?.body?.toString()).toBe(WHOLE);
  expect(change('/NL/CPO/LOC1', { ...gzip, headers: { 'content-encoding': 'x-own' } })).toBeUndefined();
});

test('EVSEs and Connectors are parts of their Location', () => {
  const patch = { method: 'PATCH', body: '{"status":"CHARGING"}' };
  expect(change('/NL/CPO/LOC1/e1', patch)?.part).toEqual(['E1']);
  expect(change('/NL/CPO/LOC1/e1/2/', patch)?.part).toEqual(['E1', '2']);
  expect(change('/NL/CPO/LOC1/e1', { body: '{"uid":"E1"}' })?.part).toEqual(['E1']);
});

test.each([
  ["another party's object", '/NL/OTH/LOC1', {}, 'NL*OTH is not CPO or NAP on your platform'],
  ['no id', '/NL/CPO', {}, 'its URL does not end in /{country_code}/{party_id}/{id}'],
  ['an empty id', '/NL/CPO//E1', { method: 'PATCH' }, 'the id in its URL is no CiString'],
  ['more parts than there are', '/NL/CPO/LOC1/E1/1/X', { method: 'PATCH' }, 'its URL does not end in'],
  ['a path that cannot be decoded', '/NL/CPO/%zz', {}, 'its URL does not end in'],
  ['an id with an umlaut', '/NL/CPO/M%C3%BCller', {}, 'the id in its URL is no CiString'],
  ['a part with an umlaut', '/NL/CPO/L/%C3%BC', {}, 'an id of a part in its URL is no CiString'],
  ['a numeric id', '/NL/CPO/5', { body: WHOLE.replace('"loc1"', '5') }, 'id in its body is no string'],
  [
    'a token with a numeric uid',
    '/NL/CPO/1',
    { module: 'tokens', body: TOKEN.replace('"T1"', '1') },
    'uid in',
  ],
  [
    'a body with an id of control characters',
    '/NL/CPO/L',
    { body: WHOLE.replace('loc1', '\\t') },
    'id in its body',
  ],
  ['a body with another id', '/NL/CPO/LOC2', {}, 'id in its body is not the id in its URL'],
  ['a body of another owner', '/NL/CPO/LOC1', { body: WHOLE.replace('Cpo', 'OTH') }, 'party_id in its body'],
  ['a patch that renames it', '/NL/CPO/LOC1', { method: 'PATCH', body: '{"id":"LOC2"}' }, 'id in its body'],
  [
    'a patch that gives it away',
    '/NL/CPO/LOC1',
    { method: 'PATCH', body: '{"party_id":"OTH"}' },
    'party_id in',
  ],
  ['a whole object without its names', '/NL/CPO/LOC1', { body: '{"x":1}' }, 'party_id in its body'],
  ['a whole EVSE without its uid', '/NL/CPO/LOC1/E1', { body: '{"x":1}' }, 'its body has no uid'],
  ['a body that is no object', '/NL/CPO/LOC1', { body: '[1]' }, 'it is no JSON object'],
  ['an object of an eMSP', '/NL/CPO/LOC1', { roles: ['EMSP'] }, 'NL*CPO is not CPO or NAP on your platform'],
  ['a token of a CPO', '/NL/CPO/T1', { module: 'tokens', roles: ['CPO'], body: TOKEN }, 'is not EMSP'],
  ['no body', '/NL/CPO/LOC1', { body: null }, 'it has no body'],
  ['a body in an encoding of its own', '/NL/CPO/LOC1', { headers: { 'content-encoding': 'x' } }, 'Encoding'],
  ['a module that is not for everybody', '/NL/CPO/S1', { module: 'sessions' }, undefined],
  ['the other interface', '/NL/CPO/LOC1', { interfaceRole: 'SENDER' }, undefined],
] as const)('%s is nothing to keep, and the reason is said', (_, rest, push, why) => {
  const { change: kept, unlisted } = listing(rest, push);
  expect(kept).toBeUndefined();
  if (why === undefined) expect(unlisted).toBeUndefined();
  else expect(unlisted).toContain(why);
});

test('an object of another party of the same platform is kept as that party’s', () => {
  const sibling = WHOLE.replace('Cpo', 'SIB');
  expect(change('/NL/SIB/LOC1', { body: sibling, sibling: 'NL*SIB/CPO' })?.key.owner).toBe('NL*SIB');
  expect(listing('/NL/SIB/LOC1', { body: sibling, sibling: 'NL*SIB/EMSP' }).unlisted).toBe(
    'NL*SIB is not CPO or NAP on your platform',
  );
});

test('only a whole object can be deleted', () => {
  const deletion = { module: 'tariffs', method: 'DELETE', body: null };
  expect(change('/NL/CPO/T1', deletion)).toMatchObject({ method: 'DELETE', body: null, key: { id: 'T1' } });
  expect(change('/NL/CPO/T1/X', deletion)).toBeUndefined();
  expect(change('/NL/CPO/LOC1', { ...deletion, module: 'locations' })).toBeUndefined();
});

describe('the type of a token', () => {
  const token = (type: string) =>
    `{"country_code":"NL","party_id":"CPO","uid":"T1"${type && `,"type":"${type}"`}}`;
  const typeOf = (method: string, query: string, body: string) =>
    change('/NL/CPO/T1', { module: 'tokens', method, query, body })?.key.type;

  test.each([
    ['PUT', '', token('APP_USER'), 'APP_USER'],
    ['PUT', '?type=APP_USER', token('APP_USER'), 'APP_USER'],
    ['PUT', '?type=OTHER', token(''), 'OTHER'],
    ['PUT', '', token(''), 'RFID'],
    ['PATCH', '', '{"valid":false}', 'RFID'],
    ['PATCH', '?type=APP_USER', '{"valid":false}', 'APP_USER'],
    ['PUT', '?type=RFID', token('APP_USER'), undefined],
  ])('%s with %s and %s is of %s', (method, query, body, type) => {
    expect(typeOf(method, query, body)).toBe(type);
  });
});

test('an object with hundreds of thousands of members or values is not kept, with the reason', () => {
  const members = (count: number) => Array.from({ length: count }, (_, n) => `"${n}":1`).join();
  expect(whyNotKept(Buffer.from(`{${members(10_000)}}`))).toBeUndefined();
  expect(whyNotKept(Buffer.from(`{${members(10_001)}}`))).toContain('10000 members');
  const evses = Array.from({ length: 100_000 }, () => '{}').join();
  expect(whyNotKept(Buffer.from(`{"evses":[${evses}]}`))).toContain('100000 values');
});
