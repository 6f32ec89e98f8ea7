/** Requests that the web framework or node would refuse in words of their own, or in none. */
import { authorizationHeader } from '@app/ocpi';
import { type JoinedPlatform, party, startHub, type TestHub } from '../support/hub';
import { RawConnection } from '../support/raw-http';
import { until } from '../support/waiting';

let hub: TestHub;
let cpo: JoinedPlatform;

beforeAll(async () => {
  hub = await startHub();
  cpo = await hub.join('cpo', [party('NL*CPO', 'CPO')]);
});
afterAll(() => hub.close());

it.each([
  ['that cannot be decoded', '%zz'],
  ['with a part that cannot be decoded', '2.2.1/callback/%e0%a4%a'],
  ['with a part longer than any', 'x'.repeat(3_000)],
])('a path %s is answered with 404 in form', async (_, path) => {
  const answer = await cpo.follow(hub.versionsUrl.replace('versions', path));
  expect([answer.httpStatus, answer.json()]).toEqual([
    404,
    {
      status_code: 2000,
      status_message: expect.stringMatching(/^no such URL: GET .*versions lists/),
      timestamp: expect.any(String),
    },
  ]);
  expect(answer.headers).toMatchObject({
    'x-request-id': answer.requestId,
    'x-correlation-id': answer.correlationId,
  });
});

it.each(['json', '; charset=utf-8', 'application/json, application/json'])(
  'a Content-Type %p that is none is the fault of the caller, who is told',
  async (type) => {
    const url = cpo.hub.endpoint('credentials', 'SENDER');
    const answer = await cpo.follow(url, 'PUT', { body: '{}', headers: { 'Content-Type': type } });
    expect([answer.httpStatus, answer.json()]).toMatchObject([
      400,
      { status_code: 2000, status_message: expect.stringContaining('Content-Type') },
    ]);
  },
);

async function answerTo(...lines: string[]) {
  const connection = new RawConnection(hub.versionsUrl);
  const authorization = `Authorization: ${authorizationHeader(cpo.hub.token!)}`;
  connection.send([...lines, authorization, 'Connection: close', '\r\n'].join('\r\n'));
  await until(() => connection.answer() !== undefined && connection.isClosed);
  return connection.answer()!;
}

it('a request that names no host is refused in form, except in HTTP/1.0', async () => {
  const { status, headers, body } = await answerTo('GET /ocpi/versions HTTP/1.1', 'X-Request-ID: r1');
  expect([status, headers['x-request-id']]).toEqual([400, 'r1']);
  expect(JSON.parse(body)).toMatchObject({
    status_code: 2000,
    status_message: expect.stringContaining('Host'),
  });
  expect((await answerTo('GET /ocpi/versions HTTP/1.0')).status).toBe(200);
});

it('an expectation that nobody knows is ignored', async () => {
  const { status, body } = await answerTo('GET /ocpi/versions HTTP/1.1', 'Host: hub', 'Expect: the-best');
  expect([status, JSON.parse(body)]).toMatchObject([200, { status_code: 1000 }]);
});
