/** What a caller and the operator read when something is refused: the field or header, what is wrong, and the way out. */
import { authorizationHeader } from '@app/ocpi';
import { type CallAnswer, type PlatformCall } from '@app/testkit';
import { type JoinedPlatform, party, startHub, type TestHub } from '../support/hub';
import { until } from '../support/waiting';

let hub: TestHub;
let cpo: JoinedPlatform;
let emsp: JoinedPlatform;

beforeAll(async () => {
  hub = await startHub();
  cpo = await hub.join('cpo', [party('NL*CPO', 'CPO')]);
  emsp = await hub.join('emsp', [party('DE*MSP', 'EMSP')]);
});
afterAll(() => hub.close());
beforeEach(() => {
  for (const platform of [cpo, emsp]) platform.clear();
});

const SESSION: PlatformCall = {
  ...{ module: 'sessions', interfaceRole: 'RECEIVER', method: 'PUT', rest: '/NL/CPO/S1', to: 'DE*MSP' },
  body: '{"id":"S1"}',
};

type Row = Readonly<Record<string, unknown>>;

async function rowOf({ correlationId }: CallAnswer): Promise<Row> {
  let row: Row | undefined;
  await until(async () => {
    row = (await hub.admin.messages({ correlation_id: correlationId! })).data[0];
    return row !== undefined;
  });
  return row!;
}

function expectSaid(answer: CallAnswer, statuses: readonly [number, number], words: RegExp): void {
  const { status_code, status_message } = answer.json();
  expect([[answer.httpStatus, status_code], status_message]).toEqual([
    statuses,
    expect.stringMatching(words),
  ]);
}

describe('a routing header that is present and empty is malformed, and never taken for one that is left out', () => {
  it.each([
    ['to', '', ''],
    ['to', '', 'MSP'],
    ['to', 'DE', ''],
    ['from', '', ''],
    ['from', 'NL', ''],
  ] as const)('OCPI-%s-* %j %j', async (side, country, id) => {
    const headers = { [`OCPI-${side}-country-code`]: country, [`OCPI-${side}-party-id`]: id };
    const body = '{"id":"S1","cdr_token":{"uid":"U","country_code":"DE","party_id":"MSP"}}';
    const answer = await cpo.call({ ...SESSION, to: side === 'to' ? null : 'DE*MSP', body, headers });
    const name = country === '' ? 'country-code' : 'party-id';
    expectSaid(answer, [200, 2001], new RegExp(`ocpi-${side}-${name} is empty: fill it, or leave out both`));
    expect(emsp.received).toEqual([]);
  });
});

describe('a body that is nested deeper than the hub reads', () => {
  const nested = (levels: number): string => `{"id":"S1","x":${'['.repeat(levels)}"]["${']'.repeat(levels)}}`;

  it('is refused for its depth, not as something that is no JSON', async () => {
    expectSaid(
      await cpo.call({ ...SESSION, body: nested(1_000) }),
      [400, 2000],
      /nested more than 256 levels/,
    );
    expectSaid(await cpo.call({ ...SESSION, body: '{"id":' }), [400, 2000], /is not JSON/);
    expect(emsp.received).toEqual([]);
  });

  it('passes as it is up to that depth', async () => {
    expect((await cpo.call({ ...SESSION, body: nested(255) })).json().status_code).toBe(1000);
    expect(emsp.received[0]!.body.toString()).toBe(nested(255));
  });

  it('is named so in an answer, too', async () => {
    emsp.answerWith(() => ({ body: `{"status_code":1000,"data":${nested(1_000)}}` }));
    expectSaid(await cpo.call(SESSION), [200, 4000], /DE\*MSP, HTTP 200, nested more than 256 levels/);
  });
});

describe('a URL of a platform with the other scheme', () => {
  const secure = (): string => emsp.origin.replace('http:', 'https:');
  const hint =
    /https:\/\/127\.0\.0\.1:\d+; the operator of the hub can allow it by the allowed-hosts entry 127\.0\.0\.1:\d+/;

  it('in the Location of a CDR is left out, and the operator reads the origin and the way out', async () => {
    emsp.answerWith(() => ({ headers: { Location: `${secure()}/cdrs/1` } }));
    const answer = await cpo.call({
      ...SESSION,
      module: 'cdrs',
      method: 'POST',
      rest: '',
      body: { id: 'C1' },
    });
    expect([answer.httpStatus, answer.headers.location]).toEqual([201, undefined]);
    expect((await rowOf(answer)).note).toMatch(hint);
  });

  it('in a response_url is refused with the origin and the way out', async () => {
    const body = { response_url: `${secure()}/results/1` };
    const call = {
      module: 'commands',
      interfaceRole: 'RECEIVER',
      method: 'POST',
      rest: '/STOP_SESSION',
    } as const;
    expectSaid(await emsp.call({ ...call, to: 'NL*CPO', body }), [200, 2001], hint);
  });

  it('in the Link of a list is refused with the origin and the way out', async () => {
    emsp.answerWith(() => ({ headers: { Link: `<${secure()}/tokens?offset=50>; rel="next"` } }));
    const call = { module: 'tokens', interfaceRole: 'SENDER', method: 'GET', to: 'DE*MSP' } as const;
    expectSaid(await cpo.call(call), [200, 4000], hint);
  });
});

describe('a registered platform that calls a URL which is not there', () => {
  it.each([
    '2.2.1/locations',
    '2.2.1/sender/',
    '3.0/sender/locations',
    'x?token=secret',
    '2.2.1/receiver/xx-none',
  ])('/ocpi/%s is a row with its path, and the platform is told where the URLs are', async (path) => {
    const answer = await cpo.follow(hub.versionsUrl.replace('versions', path));
    expectSaid(
      answer,
      [404, 2000],
      path.includes('xx-none') ? /no platform has a module xx-none/ : /versions lists the versions/,
    );
    const row = await rowOf(answer);
    expect(row).toMatchObject({
      ...{ error: 'no_such_url', from_platform_id: cpo.id, method: 'GET', http_status: 404 },
      path: `/ocpi/${path.split('?')[0]}`,
    });
  });

  it('a client without a known token reads where the URLs are and leaves no row', async () => {
    const answer = await cpo.follow(hub.versionsUrl.replace('versions', 'nowhere'), 'GET', {
      headers: { Authorization: 'Token bm9ib2R5' },
    });
    expectSaid(answer, [404, 2000], /versions lists the versions/);
  });
});

describe('a 401 says what is wrong with the Authorization header', () => {
  it.each([
    ['no header', () => null, /the header is missing/],
    ['another scheme', () => 'Bearer abcdef', /does not begin with the word Token/],
    ['a bare token', () => cpo.hub.token!, /does not begin with the word Token/],
    ['no token behind the word', () => 'Token ', /no credentials token|word Token/],
    ['a token that is too long', () => `Token ${'ä'.repeat(3)}`, /no credentials token: 1 to 64/],
    [
      'an unknown token',
      () => authorizationHeader('nobody has this one'),
      /no platform has this credentials token/,
    ],
  ])('%s', async (_, header, words) => {
    for (const body of [undefined, '{}']) {
      const answer = await cpo.call({ ...SESSION, body, headers: { Authorization: header() } });
      expectSaid(answer, [401, 2000], words);
    }
    const versions = await cpo.follow(hub.versionsUrl, 'GET', { headers: { Authorization: header() } });
    expectSaid(versions, [401, 2000], words);
  });

  it('a token A is told to register first', async () => {
    const { token_a } = await hub.admin.createPlatform('new');
    const headers = { Authorization: authorizationHeader(token_a) };
    expectSaid(await cpo.call({ ...SESSION, headers }), [401, 2000], /token A.*register/);
  });
});

describe('an answer without an OCPI envelope', () => {
  const excerptOf = (text: string): string => /it begins: (.*)$/s.exec(text)?.[1] ?? '';

  it('is quoted to caller and operator with its HTTP status, in at most 200 printable characters', async () => {
    const html = `<html>\r\n\u0007<h1>502 Bad Gateway</h1>${'x'.repeat(5_000)}`;
    emsp.answerWith(() => ({ httpStatus: 502, body: html }));
    const answer = await cpo.call(SESSION);
    expectSaid(
      answer,
      [200, 4000],
      /not an OCPI message: DE\*MSP, HTTP 502, it begins: <html> <h1>502 Bad Gateway/,
    );
    const { reason } = await rowOf(answer);
    expect(reason).toBe(answer.json().status_message);
    expect(excerptOf(String(reason)).length).toBeLessThanOrEqual(200);
  });

  it('is quoted without the token that the hub showed, nor any other', async () => {
    emsp.answerWith(({ headers }) => ({
      httpStatus: 500,
      body: `<pre>Authorization: ${headers.authorization} raw ${emsp.tokens.current} and Bearer abcdefghijkl</pre>`,
    }));
    const answer = await cpo.call(SESSION);
    const { reason } = await rowOf(answer);
    for (const text of [answer.json().status_message, String(reason)]) {
      expect(text).toMatch(
        /HTTP 500, it begins: <pre>Authorization: Token \*+ raw \*+ and Bearer \*+<\/pre>/,
      );
      expect(text).not.toContain(emsp.tokens.current);
    }
  });

  it('without a body says so', async () => {
    emsp.answerWith(() => ({ httpStatus: 503, body: '' }));
    expectSaid(await cpo.call(SESSION), [200, 4000], /HTTP 503, without a body/);
  });
});
