import { moduleRow, type PartyId, type Role } from '@app/ocpi';
import { gzipSync } from 'node:zlib';
import { PlatformEntry } from '../directory';
import { platform } from '../directory/platforms.fixture';
import { type Identified } from '../exchange';
import { objectChangeOf, whyNotKept } from './object-change';

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
}

function change(rest: string, push: Push = {}) {
  const { module = 'locations', method = 'PUT', query = '', body = WHOLE, headers = {} } = push;
  const parties = (push.roles ?? ['CPO', 'EMSP']).map((role) => `NL*CPO/${role}`);
  const target = { version: '2.2.1', interfaceRole: push.interfaceRole ?? 'RECEIVER', module, rest, query };
  const message: unknown = {
    ...{ target, row: moduleRow(module), method, headers, from: CPO },
    ...{ body: body === null ? null : Buffer.from(body), receivedAt: new Date(0) },
    caller: new PlatformEntry(platform('p1', { parties })),
  };
  return objectChangeOf(message as Identified);
}

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
  ["another party's object", '/NL/OTH/LOC1', {}],
  ['no id', '/NL/CPO', {}],
  ['an empty id', '/NL/CPO//E1', { method: 'PATCH' }],
  ['more parts than there are', '/NL/CPO/LOC1/E1/1/X', { method: 'PATCH' }],
  ['a path that cannot be decoded', '/NL/CPO/%zz', {}],
  ['an id that is no CiString', '/NL/CPO/%00', {}],
  ['a body with another id', '/NL/CPO/LOC2', {}],
  ['a body of another owner', '/NL/CPO/LOC1', { body: WHOLE.replace('Cpo', 'OTH') }],
  ['a patch that would rename the object', '/NL/CPO/LOC1', { method: 'PATCH', body: '{"id":"LOC2"}' }],
  ['a patch that would give it away', '/NL/CPO/LOC1', { method: 'PATCH', body: '{"party_id":"OTH"}' }],
  ['a whole object without its names', '/NL/CPO/LOC1', { body: '{"x":1}' }],
  ['a whole EVSE without its uid', '/NL/CPO/LOC1/E1', { body: '{"x":1}' }],
  ['a body that is no object', '/NL/CPO/LOC1', { body: '[1]' }],
  ['an object of a sender in another role than the owner’s', '/NL/CPO/LOC1', { roles: ['EMSP'] }],
  ['a token of a CPO', '/NL/CPO/T1', { module: 'tokens', roles: ['CPO'], body: TOKEN }],
  ['no body', '/NL/CPO/LOC1', { body: null }],
  ['a module that is not for everybody', '/NL/CPO/S1', { module: 'sessions' }],
  ['the other interface', '/NL/CPO/LOC1', { interfaceRole: 'SENDER' }],
] as const)('%s is nothing to keep', (_, rest, push) => {
  expect(change(rest, push)).toBeUndefined();
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
