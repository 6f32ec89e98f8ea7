/** What the hub itself answers when a direct message cannot be delivered: one row of the table, one test. */
import { randomBytes } from 'node:crypto';
import {
  type AnswerProgram,
  type CallAnswer,
  MisbehavingParty,
  type PlatformCall,
  type TestPlatformOptions,
} from '@app/testkit';
import { type JoinedPlatform, party, startHub, type TestHub } from '../support/hub';

const FORWARD_TIMEOUT_MS = 1_200;
const AUTHORIZE_TIMEOUT_MS = 300;

let hub: TestHub;
let cpo: JoinedPlatform;
let emsp: JoinedPlatform;
const strangers: MisbehavingParty[] = [];

beforeAll(async () => {
  hub = await startHub({
    FORWARD_TIMEOUT_MS: String(FORWARD_TIMEOUT_MS),
    AUTHORIZE_TIMEOUT_MS: String(AUTHORIZE_TIMEOUT_MS),
    CONNECT_TIMEOUT_MS: '1000',
  });
  cpo = await hub.join('cpo', [party('NL*CPO', 'CPO')]);
  emsp = await hub.join('emsp', [party('DE*MSP', 'EMSP')]);
});
afterAll(async () => {
  await hub.close();
  for (const stranger of strangers) await stranger.close();
});
beforeEach(() => emsp.clear());

const PUT: PlatformCall = {
  ...{
    module: 'sessions',
    interfaceRole: 'RECEIVER',
    method: 'PUT',
    rest: '/NL/CPO/S1',
    body: '{"id":"S1"}',
  },
  ...{ from: 'NL*CPO', to: 'DE*MSP' },
};

/** Every answer of the hub is an envelope with the caller's ids and without foreign text. */
function expectRefusal(answer: CallAnswer, httpStatus: number, ocpiStatus: number, words: RegExp): void {
  const { status_code, status_message, timestamp } = answer.json();
  expect([answer.httpStatus, status_code]).toEqual([httpStatus, ocpiStatus]);
  expect(status_message).toMatch(words);
  expect(new Date(timestamp).getTime()).not.toBeNaN();
  expect(answer.headers['x-request-id']).toBe(answer.requestId);
  expect(answer.headers['x-correlation-id']).toBe(answer.correlationId);
}

describe('a receiver that misbehaves', () => {
  it.each([
    ['hang', 4002, /in time/],
    ['slow_headers', 4002, /in time/],
    ['slow_body', 4002, /in time/],
    ['reset_before_answer', 4003, /broke off/],
    ['close_before_answer', 4003, /broke off/],
    ['reset_mid_body', 4003, /broke off/],
    ['close_mid_chunks', 4003, /broke off/],
    ['not_http', 4000, /not an OCPI message/],
    ['html', 4000, /not an OCPI message: DE\*MSP, HTTP 200/],
    ['html_500', 4000, /not an OCPI message: DE\*MSP, HTTP 500/],
    ['cut_json', 4000, /not an OCPI message/],
    ['redirect', 4000, /not an OCPI message: DE\*MSP, HTTP 307/],
    ['empty_204', 4000, /not an OCPI message: DE\*MSP, HTTP 204/],
    ['oversized_declared', 4000, /too large/],
    ['oversized_chunked', 4000, /too large/],
    ['status_401', 4003, /credentials of the hub/],
    ['status_403', 4003, /credentials of the hub/],
  ] as const)('and does %s is answered with %i in HTTP 200', async (kind, status, words) => {
    emsp.misbehave(kind);
    const before = Date.now();
    expectRefusal(await cpo.call(PUT), 200, status, words);
    expect(Date.now() - before).toBeLessThan(FORWARD_TIMEOUT_MS + 1_000);
  });

  it.each([
    ['envelope_404', 404, 2003],
    ['envelope_500', 500, 3000],
    ['status_429', 429, 3000],
  ] as const)('but says %s in OCPI is handed back as it is', async (kind, httpStatus, ocpiStatus) => {
    emsp.misbehave(kind);
    const answer = await cpo.call(PUT);
    expect([answer.httpStatus, answer.json().status_code]).toEqual([httpStatus, ocpiStatus]);
    expect(answer.headers['x-request-id']).toBe(answer.requestId);
  });

  it('is waited for less long by a token authorization than by the rest', async () => {
    emsp.misbehave('hang');
    const before = Date.now();
    const authorize = {
      module: 'tokens',
      interfaceRole: 'SENDER',
      method: 'POST',
      rest: '/T1/authorize',
    } as const;
    expectRefusal(await cpo.call({ ...PUT, ...authorize, body: '{}' }), 200, 4002, /in time/);
    expect(Date.now() - before).toBeLessThan(FORWARD_TIMEOUT_MS - 50);
  });
});

describe('a receiver that cannot be reached', () => {
  let party_ = 0;
  async function joinAt(kind: 'refuse' | 'self_signed_tls' | 'unknown_name'): Promise<string> {
    const stranger = await MisbehavingParty.start(kind);
    strangers.push(stranger);
    const name = `FR*X${party_++}Y`;
    await hub.join(kind, [party(name, 'EMSP')], { endpointOrigin: stranger.origin });
    return name;
  }

  it.each([
    ['refuse', /refused the connection/],
    ['self_signed_tls', /no trusted TLS/],
    ['unknown_name', /cannot be resolved/],
  ] as const)('(%s) is answered with 4003', async (kind, words) => {
    const to = await joinAt(kind);
    expectRefusal(await cpo.call({ ...PUT, to }), 200, 4003, words);
  });

  it('because its address is not public is answered with 4003 where private networks are not allowed', async () => {
    const guarded = await hub.addRouter({ ALLOW_PRIVATE_NETWORKS: 'false' });
    const url = guarded.versionsUrl.replace('versions', '2.2.1/receiver/sessions/NL/CPO/S1');
    const headers = { 'OCPI-to-country-code': 'DE', 'OCPI-to-party-id': 'MSP' };
    const answer = await cpo.follow(url, 'PUT', { body: '{}', headers });
    expectRefusal(answer, 200, 4003, /not public/);
    expect(emsp.received).toHaveLength(0);
  });

  it('because the operator only planned it is answered with 4003', async () => {
    await hub.admin.createPlatform('planned', [party('FR*PLN', 'EMSP')]);
    expectRefusal(await cpo.call({ ...PUT, to: 'FR*PLN' }), 200, 4003, /planned/);
  });

  it('because it unregistered is answered with 4003', async () => {
    const gone = await hub.join('gone', [party('FR*GON', 'EMSP')]);
    await gone.unregister();
    expectRefusal(await cpo.call({ ...PUT, to: 'FR*GON' }), 200, 4003, /suspended: FR\*GON/);
  });

  it('because nobody knows it is answered with 4001', async () => {
    expectRefusal(await cpo.call({ ...PUT, to: 'ZZ*ZZZ' }), 200, 4001, /unknown receiver: ZZ\*ZZZ/);
  });

  it('because it does not have the interface is answered with 4000 that names the module', async () => {
    const modules = [{ module: 'tariffs', interfaceRole: 'RECEIVER' as const }];
    await hub.join('few', [party('FR*FEW', 'EMSP')], { modules } satisfies Partial<TestPlatformOptions>);
    expectRefusal(await cpo.call({ ...PUT, to: 'FR*FEW' }), 200, 4000, /no sessions RECEIVER/);
  });
});

describe('a request that is wrong in itself', () => {
  it.each([
    ['only half of the TO pair', { 'OCPI-to-country-code': null }, /ocpi-to-country-code is missing/],
    ['only half of the FROM pair', { 'OCPI-from-party-id': null }, /ocpi-from-party-id is missing/],
    ['a TO party of the wrong form', { 'OCPI-to-party-id': 'TOOLONG' }, /ocpi-to-party-id/],
    ['a FROM country of the wrong form', { 'OCPI-from-country-code': '12' }, /ocpi-from-country-code/],
    [
      "another platform's party in FROM",
      { 'OCPI-from-party-id': 'MSP' },
      /not a party of your platform: NL\*MSP/,
    ],
  ])('(%s) is answered with 2001 that names the header', async (_, headers, words) => {
    expectRefusal(await cpo.call({ ...PUT, headers }), 200, 2001, words);
    expect(emsp.received).toHaveLength(0);
  });

  it('(a personal push to the hub party) is answered with 2001 that says what to do', async () => {
    expectRefusal(
      await cpo.call({ ...PUT, to: 'DE*HUB' }),
      200,
      2001,
      /name the receiving party in OCPI-to-\*/,
    );
  });

  it.each(['', '{', '{"a":1}}', 'hello', '[1,]'])(
    '(the body %p is not JSON) is HTTP 400 with 2000',
    async (body) => {
      expectRefusal(
        await cpo.call({ ...PUT, body, headers: { 'Content-Type': 'application/json' } }),
        400,
        2000,
        /not JSON/,
      );
      expect(emsp.received).toHaveLength(0);
    },
  );

  it('(a body over MAX_BODY_BYTES) is HTTP 413 with 2000', async () => {
    const body = JSON.stringify(randomBytes(hub.settings.maxBodyBytes).toString('hex'));
    expectRefusal(await cpo.call({ ...PUT, body }), 413, 2000, /too large/);
  });

  it.each([
    ['PATCH', '2.2.1/receiver/tariffs/NL/CPO/T1', 'GET, PUT, DELETE'],
    ['DELETE', '2.2.1/receiver/locations/NL/CPO/L1', 'GET, PUT, PATCH'],
    ['POST', '2.2.1/sender/locations', 'GET'],
    ['PUT', 'versions', 'GET'],
    ['POST', '2.2.1', 'GET'],
    ['PUT', '2.2.1/hubclientinfo', 'GET'],
    ['PATCH', '2.2.1/credentials', 'GET, POST, PUT, DELETE'],
  ])('(%s %s, a method that is not there) is HTTP 405 with those that are', async (method, path, allow) => {
    const answer = await cpo.follow(hub.versionsUrl.replace('versions', path), method, { body: '{}' });
    expectRefusal(answer, 405, 2000, /method/);
    expect(answer.headers.allow).toBe(allow);
  });

  it.each([
    '2.2.1/sender/parkings',
    '2.1.1/sender/locations',
    '2.3.0',
    'nothing',
    '2.2.1/receiver',
    '../functional',
    '2.2.1/credentials/x',
  ])('(%s, a URL that is not there) is HTTP 404', async (path) => {
    const url = hub.versionsUrl.replace(
      'ocpi/versions',
      path === '../functional' ? 'functional' : `ocpi/${path}`,
    );
    expectRefusal(await cpo.follow(url), 404, 2000, /no such URL/);
  });

  it.each([
    ['no Authorization at all', null],
    ['another scheme', 'Bearer abc'],
    ['a token that nobody has', `Token ${Buffer.from('nobody').toString('base64')}`],
    ['no token after the scheme', 'Token'],
  ])('(%s) is HTTP 401 on functional and configuration modules alike', async (_, authorization) => {
    const headers = { Authorization: authorization };
    const answers = [
      await cpo.call({ ...PUT, headers }),
      await cpo.follow(hub.versionsUrl, 'GET', { headers }),
    ];
    for (const answer of answers) expectRefusal(answer, 401, 2000, /Authorization/);
    expect(emsp.received).toHaveLength(0);
  });

  it('(a token A on a functional module or on hubclientinfo) is HTTP 401', async () => {
    const { token_a } = await hub.admin.createPlatform('not registered');
    const headers = { Authorization: `Token ${Buffer.from(token_a).toString('base64')}` };
    expectRefusal(await cpo.call({ ...PUT, headers }), 401, 2000, /Authorization/);
    const info = hub.versionsUrl.replace('versions', '2.2.1/hubclientinfo');
    expectRefusal(await cpo.follow(info, 'GET', { headers }), 401, 2000, /Authorization/);
  });
});

describe('the hub where no agreement is the default', () => {
  it('answers 4003 to parties without an agreement', async () => {
    const strict = await startHub({ AGREEMENT_DEFAULT: 'deny' });
    try {
      const one = await strict.join('cpo', [party('NL*CPO', 'CPO')]);
      const other = await strict.join('emsp', [party('DE*MSP', 'EMSP')]);
      expectRefusal(await one.call(PUT), 200, 4003, /no agreement.*DE\*MSP, sessions/);
      expect(other.received).toHaveLength(0);
    } finally {
      await strict.close();
    }
  });
});

describe('a receiver whose answer is odd but whole', () => {
  const odd: readonly (readonly [string, AnswerProgram])[] = [
    [
      'without routing headers',
      () => ({
        headers: {
          'OCPI-from-party-id': null,
          'OCPI-to-party-id': null,
          'OCPI-from-country-code': null,
          'OCPI-to-country-code': null,
        },
      }),
    ],
    ['without message ids', () => ({ headers: { 'X-Request-ID': null, 'X-Correlation-ID': null } })],
    ['with foreign message ids', () => ({ headers: { 'X-Request-ID': 'x', 'X-Correlation-ID': 'y' } })],
  ];
  it.each(odd)('(%s) is handed back with what the hub supplies', async (_, program) => {
    emsp.answerWith(program);
    const answer = await cpo.call(PUT);
    expect(answer.headers).toMatchObject({
      ...{ 'x-request-id': answer.requestId, 'x-correlation-id': answer.correlationId },
      ...{ 'ocpi-from-country-code': 'DE', 'ocpi-from-party-id': 'MSP' },
      ...{ 'ocpi-to-country-code': 'NL', 'ocpi-to-party-id': 'CPO' },
    });
  });
});
