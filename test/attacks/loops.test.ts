/** A platform whose endpoint is the hub itself: no message goes round, and no receiver can use the mark against others. */
import { type CallAnswer, type PlatformCall } from '@app/testkit';
import { type JoinedPlatform, party, startHub, type TestHub } from '../support/hub';
import { until } from '../support/waiting';

let hub: TestHub;
let cpo: JoinedPlatform;
let emsp: JoinedPlatform;
let mark: string;

const session = (from: string, to: string): PlatformCall => ({
  ...{ module: 'sessions', interfaceRole: 'RECEIVER', method: 'PUT', from, to },
  ...{ rest: `/${from.replace('*', '/')}/S1`, body: '{"id":"S1"}' },
});

beforeAll(async () => {
  hub = await startHub();
  cpo = await hub.join('cpo', [party('NL*CPO', 'CPO')]);
  emsp = await hub.join('emsp', [party('DE*MSP', 'EMSP')]);
  await cpo.call(session('NL*CPO', 'DE*MSP'));
  mark = emsp.received[0]!.headers['x-hub-via']!;
});
afterAll(() => hub.close());

async function rowsOf({ correlationId }: CallAnswer, count: number) {
  let rows: readonly Readonly<Record<string, unknown>>[] = [];
  await until(
    async () => {
      ({ data: rows } = await hub.admin.messages({ correlation_id: correlationId!, limit: '500' }));
      return rows.length >= count;
    },
    undefined,
    () => rows.length,
  );
  return rows;
}

test('a message to a platform whose endpoint is the hub under another name comes back once', async () => {
  const one = await hub.join('one', [party('FR*ONE', 'CPO')]);
  const endpointOrigin = new URL(hub.versionsUrl).origin.replace('127.0.0.1', 'localhost');
  const loop = await hub.join('loop', [party('FR*LOP', 'EMSP')], { endpointOrigin });
  // It gives the hub a token that opens the hub itself.
  loop.tokens.settle(one.hub.token!);
  const given = await loop.hub.credentials('PUT', loop.credentialsWith(one.hub.token!));
  expect(given.json().status_code).toBe(1000);
  const answer = await one.call(session('FR*ONE', 'FR*LOP'));
  expect(answer.json()).toMatchObject({
    status_code: 4000,
    status_message: expect.stringMatching(/leads back to the hub/),
  });
  const rows = await rowsOf(answer, 2);
  expect(rows.map(({ error }) => error).toSorted()).toEqual(['message_loop', null]);
});

test('a registration whose versions are those of the hub is refused', async () => {
  const { id } = await hub.admin.createPlatform('mirror');
  const { token_a } = await hub.admin.tokenA(id);
  const asked = { versions_url: hub.versionsUrl, token_a };
  const { httpStatus } = await hub.admin.send('POST', `/platforms/${id}/register`, asked);
  expect(httpStatus).toBeGreaterThanOrEqual(400);
});

test('a receiver that knows the mark can have none but its own requests refused by it', async () => {
  expect(mark).toMatch(/^[\w-]{20}$/);
  const forged = await emsp.call({
    ...{ module: 'tokens', interfaceRole: 'RECEIVER', method: 'PUT', rest: '/DE/MSP/T', to: 'NL*CPO' },
    ...{ body: { uid: 'T' }, headers: { 'X-Hub-Via': `other, ${mark}` } },
  });
  expect(forged.json().status_code).toBe(4000);
  expect((await cpo.call(session('NL*CPO', 'DE*MSP'))).json().status_code).toBe(1000);
  const other = await cpo.call({
    ...session('NL*CPO', 'DE*MSP'),
    headers: { 'X-Hub-Via': 'some-other-hub' },
  });
  expect(other.json().status_code).toBe(1000);
  expect(emsp.received.at(-1)!.headers['x-hub-via']).toBe(mark);
});

test('a client without a known token learns nothing by the mark', async () => {
  const headers = { Authorization: 'Token bm9ib2R5', 'X-Hub-Via': mark };
  expect((await cpo.call({ ...session('NL*CPO', 'DE*MSP'), headers })).httpStatus).toBe(401);
});
