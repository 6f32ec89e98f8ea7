/** One company that is CPO on one platform and eMSP on another: it exchanges with others, and with itself. */
import { HUB_PARTY, type JoinedPlatform, party, startHub, type TestHub } from '../support/hub';
import { allSettled } from '../support/waiting';

const PAIR = 'NL*ONE';

let hub: TestHub;
let a: JoinedPlatform;
let b: JoinedPlatform;
let cpo: JoinedPlatform;
let emsp: JoinedPlatform;

beforeAll(async () => {
  hub = await startHub();
  await hub.addWorker();
  a = await hub.join('its CPO', [party(PAIR, 'CPO')]);
  b = await hub.join('its eMSP', [party(PAIR, 'EMSP')]);
  cpo = await hub.join('cpo', [party('DE*CPO', 'CPO')]);
  emsp = await hub.join('emsp', [party('DE*MSP', 'EMSP')]);
}, 60_000);
afterAll(() => hub.close());
beforeEach(async () => {
  await allSettled(hub.settings.databaseUrl);
  [a, b, cpo, emsp].forEach((platform) => platform.clear());
});

const location = { country_code: 'NL', party_id: 'ONE', id: 'L1', last_updated: '2026-01-01T00:00:00Z' };
const token = { country_code: 'NL', party_id: 'ONE', uid: 'T1', last_updated: '2026-01-01T00:00:00Z' };

/** Who got a request of this module, once nothing waits any more. */
async function receivers(module: string): Promise<string[]> {
  await allSettled(hub.settings.databaseUrl);
  return Object.entries({ a, b, cpo, emsp }).flatMap(([name, { received }]) =>
    received.flatMap((request) => (request.module === module && request.method !== 'GET' ? [name] : [])),
  );
}

it('its locations reach all eMSPs, its own on the other platform among them', async () => {
  const put = { module: 'locations', interfaceRole: 'RECEIVER', method: 'PUT', rest: '/NL/ONE/L1' } as const;
  expect((await a.call({ ...put, to: HUB_PARTY, body: location })).json().status_code).toBe(1000);
  expect(await receivers('locations')).toEqual(['b', 'emsp']);
});

it('its tokens reach all CPOs, its own on the other platform among them', async () => {
  const put = { module: 'tokens', interfaceRole: 'RECEIVER', method: 'PUT', rest: '/NL/ONE/T1' } as const;
  expect((await b.call({ ...put, to: HUB_PARTY, body: token })).json().status_code).toBe(1000);
  expect(await receivers('tokens')).toEqual(['a', 'cpo']);
});

it('each half gets what the other one has by GET All', async () => {
  const list = { interfaceRole: 'SENDER', method: 'GET', to: HUB_PARTY } as const;
  const idsAt = async (platform: JoinedPlatform, module: string): Promise<unknown[]> => {
    const answer = await platform.call({ ...list, module });
    const { data } = answer.json<{ data: { id?: string; uid?: string }[] }>();
    return data.map(({ id, uid }) => id ?? uid);
  };
  expect(await idsAt(b, 'locations')).toContain('L1');
  expect(await idsAt(a, 'tokens')).toContain('T1');
});

it('a session, a CDR and an authorization go between its halves, each to the platform of its role', async () => {
  const session = {
    module: 'sessions',
    interfaceRole: 'RECEIVER',
    method: 'PUT',
    rest: '/NL/ONE/S1',
  } as const;
  const body = { country_code: 'NL', party_id: 'ONE', id: 'S1' };
  expect((await a.call({ ...session, to: PAIR, body })).json().status_code).toBe(1000);
  const cdr = { module: 'cdrs', interfaceRole: 'RECEIVER', method: 'POST', rest: '' } as const;
  expect((await a.call({ ...cdr, to: PAIR, body: { ...body, id: 'C1' } })).json().status_code).toBe(1000);
  expect([await receivers('sessions'), await receivers('cdrs')]).toEqual([['b'], ['b']]);
  const authorize = {
    module: 'tokens',
    interfaceRole: 'SENDER',
    method: 'POST',
    rest: '/T1/authorize',
  } as const;
  expect((await a.call({ ...authorize, to: PAIR })).json().status_code).toBe(1000);
  expect(await receivers('tokens')).toEqual(['b']);
});

it('its eMSP starts a session at its CPO, and the result comes back', async () => {
  const command = {
    module: 'commands',
    interfaceRole: 'RECEIVER',
    method: 'POST',
    rest: '/STOP_SESSION',
  } as const;
  const body = { response_url: `${b.endpoint('commands', 'SENDER')}/STOP_SESSION/1`, session_id: 'S1' };
  expect((await b.call({ ...command, to: PAIR, body })).json().status_code).toBe(1000);
  const { response_url } = JSON.parse(a.received.at(-1)!.body.toString()) as { response_url: string };
  const result = await a.follow(response_url, 'POST', { body: { result: 'ACCEPTED' } });
  expect(result.json().status_code).toBe(1000);
});

it('others exchange with each of its halves', async () => {
  const session = { module: 'sessions', interfaceRole: 'RECEIVER', method: 'PUT' } as const;
  const own = {
    ...session,
    rest: '/DE/CPO/S2',
    to: PAIR,
    body: { country_code: 'DE', party_id: 'CPO', id: 'S2' },
  };
  expect((await cpo.call(own)).json().status_code).toBe(1000);
  expect(await receivers('sessions')).toEqual(['b']);
  const get = { module: 'locations', interfaceRole: 'SENDER', method: 'GET', to: PAIR } as const;
  expect((await emsp.call(get)).json().status_code).toBe(1000);
  expect(a.received.map(({ module, method }) => `${method} ${module}`)).toEqual(['GET locations']);
});
