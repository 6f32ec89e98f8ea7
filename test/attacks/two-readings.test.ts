/**
 * A message that the hub reads in one way and its receiver in another: servers do not agree on the case of keys, on
 * what separates parameters, or on what a body is. No URL of the sender's reaches a receiver in any of these readings.
 */
import { type CallAnswer, type PlatformCall } from '@app/testkit';
import { gzipSync } from 'node:zlib';
import { type JoinedPlatform, party, startHub, type TestHub } from '../support/hub';

let hub: TestHub;
let cpo: JoinedPlatform;
let thief: JoinedPlatform;

beforeAll(async () => {
  hub = await startHub();
  cpo = await hub.join('cpo', [party('NL*CPO', 'CPO')]);
  thief = await hub.join('thief', [party('DE*MSP', 'EMSP')]);
});
beforeEach(() => [cpo, thief].forEach((platform) => platform.clear()));
afterAll(() => hub.close());

/** What the thief wants the CPO to call, with the token that opens the hub for the CPO. */
const EVIL = 'https://evil.example/results';
const own = (): string => `${thief.origin}/results/1`;

const COMMAND: PlatformCall = {
  ...{ module: 'commands', interfaceRole: 'RECEIVER', method: 'POST', rest: '/UNLOCK_CONNECTOR' },
  to: 'NL*CPO',
};
const PROFILE: PlatformCall = {
  module: 'chargingprofiles',
  interfaceRole: 'RECEIVER',
  method: 'GET',
  to: 'NL*CPO',
};

/** Refused, or taken with URLs of the hub alone. */
function expectNoForeignUrl(answer: CallAnswer): void {
  for (const { rawUrl, body } of cpo.received) {
    expect([decodeURIComponent(rawUrl), body.toString()].join(' ')).not.toMatch(/evil\.example/);
  }
  expect([1000, 2001]).toContain(answer.json().status_code);
}

describe('a response_url in a body', () => {
  it.each<[string, () => string, string?]>([
    ['beside another in capitals', () => `{"response_url":"${own()}","Response_URL":"${EVIL}"}`],
    ['before one in capitals', () => `{"RESPONSE_URL":"${EVIL}","response_url":"${own()}"}`],
    ['in capitals alone', () => `{"Response_Url":"${EVIL}"}`],
    ['with an escaped letter in capitals', () => `{"\\u0052esponse_url":"${EVIL}"}`],
    [
      'with a long s, which folds to a short one',
      () => `{"response_url":"${own()}","re\u017fponse_url":"${EVIL}"}`,
    ],
    ['with an escaped long s', () => `{"re\\u017fponse_url":"${EVIL}"}`],
    ['in a list, which many read as text', () => `{"response_url":["${EVIL}"]}`],
    ['in a query, which is not where a command has it', () => '{}', `response_url=${EVIL}`],
  ])('%s reaches nobody', async (_, body: () => string, query = '') => {
    expectNoForeignUrl(await thief.call({ ...COMMAND, body: body(), query }));
  });

  it('of a result whose URL is the sender’s own, in capitals, is replaced like any other', async () => {
    const answer = await thief.call({ ...COMMAND, body: `{"Response_URL":"${own()}"}` });
    expect(answer.json().status_code).toBe(1000);
    expect(cpo.received[0]?.body.toString()).toMatch(/^\{"Response_URL":"[^"]*\/callback\/[\w-]{24}"\}$/);
  });
});

describe('a response_url in a query', () => {
  it.each([
    `duration=900&Response_Url=${EVIL}`,
    `response_url=OWN&RESPONSE_URL=${EVIL}`,
    `duration=900;response_url=${EVIL}`,
    `duration=900;%20response_url=${EVIL}`,
    `duration=900&response.url=${EVIL}`,
    `duration=900&response+url=${EVIL}`,
    `duration=900&response_url[]=${EVIL}`,
    `duration=900&response_url%5B0%5D=${EVIL}`,
    `duration=900&%20response[url=${EVIL}`,
    `duration=900&re%C5%BFponse_url=${EVIL}`,
  ])('%s reaches nobody', async (query) => {
    const call = { ...PROFILE, rest: '/S1', query: query.replace('OWN', encodeURIComponent(own())) };
    expectNoForeignUrl(await thief.call(call));
  });

  it('is looked for in the body of a DELETE as well', async () => {
    const call = { ...PROFILE, method: 'DELETE', rest: '/S1', body: `{"response_url":"${EVIL}"}` } as const;
    expectNoForeignUrl(await thief.call(call));
  });
});

describe('a body', () => {
  const put: PlatformCall = {
    ...{ module: 'tokens', interfaceRole: 'RECEIVER', method: 'PUT', rest: '/DE/MSP/1', to: 'NL*CPO' },
    body: '{"uid":"&country_code=FR&party_id=VIC&"}',
  };

  it.each([
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'text/plain',
    'application/xml',
    'application/json; charset=utf-7',
    'application/json; charset=utf-8; charset=utf-7',
    'application/json, application/x-www-form-urlencoded',
  ])('that the hub has read as JSON is not said to be %s', async (type) => {
    for (const more of [{}, { body: gzipSync(put.body as string), encoding: 'gzip' }]) {
      const { encoding, ...call } = { encoding: undefined, ...put, ...more };
      const headers = { 'Content-Type': type, 'Content-Encoding': encoding };
      expect((await thief.call({ ...call, headers })).json().status_code).toBe(1000);
    }
    expect(cpo.received.map(({ headers }) => headers['content-type'])).toEqual(
      Array(2).fill('application/json'),
    );
  });

  it.each([
    'application/json',
    'application/json; charset=utf-8',
    'application/JSON;charset="UTF-8"',
    'text/json',
  ])('of the type %s says so on', async (type) => {
    await thief.call({ ...put, headers: { 'Content-Type': type } });
    expect(cpo.received[0]?.headers['content-type']).toBe(type);
  });
});
