/** Requests that the web framework would refuse in words of its own. */
import { type JoinedPlatform, party, startHub, type TestHub } from '../support/hub';

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
    { status_code: 2000, status_message: 'no such URL', timestamp: expect.any(String) },
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
