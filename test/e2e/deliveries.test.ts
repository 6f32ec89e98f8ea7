/** Deliveries in the operator's API: over a real socket, on a real database. No worker runs here. */
import { randomUUID } from 'node:crypto';
import { type OutgoingPush } from '@app/hub';
import { pushedObject } from '@app/ocpi';
import { createLogger } from '@app/runtime';
import { openStore, type Store } from '@app/store';
import { adminUnderTest, type AdminUnderTest, fieldsOf, TIME, UUID } from '../support/admin-api';
import { sql } from '../support/store';

const NOBODY = randomUUID();
const RECEIVER = { countryCode: 'DE', partyId: 'MSP' };
let admin: AdminUnderTest;
let store: Store;
let platformId: string;
let silentId: string;

beforeAll(async () => {
  admin = await adminUnderTest();
  store = await openStore({ ...admin.settings, log: createLogger('test', 'fatal') });
  platformId = (await admin.made('Receiver')).id;
  silentId = (await admin.made('Silent')).id;
  await sql(admin.settings.databaseUrl, `UPDATE platforms SET status = 'CONNECTED'`);
});
afterAll(async () => {
  await store?.close();
  await admin?.close();
});
afterEach(() => sql(admin.settings.databaseUrl, 'TRUNCATE pushes, deliveries, delivery_receivers CASCADE'));

function push(module: string, rest: string): OutgoingPush {
  return {
    ...{ id: randomUUID(), routing: 'hub', module, method: 'PUT', rest, query: '', headers: [] },
    ...{ body: Buffer.from('{"secret":"payload"}'), object: pushedObject(module, rest), version: '2.2.1' },
    ...{ requestId: randomUUID(), correlationId: randomUUID(), from: null, maxAgeSeconds: 900 },
  };
}

interface Listed {
  readonly id: string;
  readonly state: string;
  readonly object: string;
}

/** A delivery of one object that is in this state. */
async function delivery(state: string, rest: string, module = 'locations', to = platformId): Promise<Listed> {
  const given = push(module, rest);
  await store.outbox.accept(given, [{ platformId: to, party: RECEIVER }]);
  const [row] = (await listed(`correlation_id=${given.correlationId}`)) as [Listed];
  await sql(
    admin.settings.databaseUrl,
    `UPDATE deliveries SET state = $2, attempts = 3, last_error = 'connect_timeout',
       finished_at = CASE WHEN $2 = 'waiting' THEN NULL ELSE now() END WHERE id = $1`,
    [row.id, state],
  );
  return { ...row, state };
}

async function listed(query: string): Promise<Listed[]> {
  return (await admin.get(`/deliveries?${query}`).expect(200)).body.data as Listed[];
}

test('a delivery is shown whole, alone and in the list, without its body', async () => {
  const { id } = await delivery('dead', '/NL/CPO/LOC1');
  const shown = {
    ...{ id, state: 'dead', receiver: 'DE*MSP', platform_id: platformId, module: 'locations' },
    ...{ method: 'PUT', object: 'nl/cpo/loc1', correlation_id: UUID, attempts: 3 },
    ...{ last_error: 'connect_timeout', created_at: TIME, next_attempt_at: null },
  };
  const list = await admin.get('/deliveries').expect(200);
  expect(list.body).toEqual({ data: [shown], next_cursor: null });
  expect((await admin.get(`/deliveries/${id}`).expect(200)).body).toEqual(shown);
  expect(list.text).not.toContain('payload');
});

test('the list is filtered by everything that it shows, newest first, page by page', async () => {
  const dead = await delivery('dead', '/NL/CPO/1');
  const tariff = await delivery('waiting', '/NL/CPO/2', 'tariffs');
  const silent = await delivery('expired', '/NL/CPO/3', 'locations', silentId);
  const ids = async (query: string): Promise<string[]> => (await listed(query)).map(({ id }) => id);
  expect(await ids('')).toEqual([silent.id, tariff.id, dead.id]);
  expect(await ids('state=dead')).toEqual([dead.id]);
  expect(await ids('module=tariffs')).toEqual([tariff.id]);
  expect(await ids(`platform_id=${silentId}`)).toEqual([silent.id]);
  expect(await ids('receiver=de-msp&state=expired')).toEqual([silent.id]);
  expect(await ids('receiver=DE*ZZZ')).toEqual([]);
  const first = await admin.get('/deliveries?limit=2').expect(200);
  expect(await ids(`limit=2&cursor=${first.body.next_cursor}`)).toEqual([dead.id]);
});

test.each([
  ['state=lost', 'state'],
  ['receiver=DEMSP', 'receiver'],
  ['platform_id=7', 'platform_id'],
  ['module=', 'module'],
  ['correlation_id=', 'correlation_id'],
  ['limit=0', 'limit'],
  ['cursor=none', 'cursor'],
  ['colour=red', 'colour'],
])('the list refuses ?%s because of %s', async (query, field) => {
  const answer = await admin.get(`/deliveries?${query}`);
  expect([answer.status, answer.body.code, fieldsOf(answer)]).toEqual([400, 'invalid_input', [field]]);
});

describe('one delivery', () => {
  test.each(['dead', 'expired', 'discarded', 'waiting'])('that is %s can be sent again', async (state) => {
    const { id } = await delivery(state, '/NL/CPO/LOC1');
    const { body } = await admin.post(`/deliveries/${id}/retry`).expect(200);
    expect(body).toMatchObject({ id, state: 'waiting', next_attempt_at: TIME });
  });

  test.each(['dead', 'expired', 'waiting'])('that is %s can be given up', async (state) => {
    const { id } = await delivery(state, '/NL/CPO/LOC1');
    const { body } = await admin.post(`/deliveries/${id}/discard`).expect(200);
    expect(body).toMatchObject({ id, state: 'discarded', next_attempt_at: null });
  });

  test('that is over stays as it is, and its state is named', async () => {
    const { id } = await delivery('delivered', '/NL/CPO/LOC1');
    for (const call of ['retry', 'discard']) {
      const answer = await admin.post(`/deliveries/${id}/${call}`);
      expect([answer.status, answer.body.code]).toEqual([409, 'delivery_state']);
      expect(answer.body.details).toEqual([{ field: 'state', message: 'it is delivered' }]);
    }
  });

  test('is not sent again when a newer state of its object was accepted since', async () => {
    const { id } = await delivery('dead', '/NL/CPO/LOC1');
    await delivery('delivered', '/NL/CPO/LOC1');
    const answer = await admin.post(`/deliveries/${id}/retry`);
    expect([answer.status, answer.body.code]).toEqual([409, 'delivery_superseded']);
  });

  test('that does not exist is a 404, and an id that is no UUID a 400', async () => {
    for (const [id, status] of [
      [NOBODY, 404],
      ['7', 400],
    ] as const) {
      const answers = await Promise.all([
        admin.get(`/deliveries/${id}`),
        admin.post(`/deliveries/${id}/retry`),
        admin.post(`/deliveries/${id}/discard`),
        ...(id === NOBODY ? [] : [admin.post(`/platforms/${id}/deliveries/pause`)]),
      ]);
      for (const answer of answers) expect([answer.status, fieldsOf(answer)]).toEqual([status, ['id']]);
    }
  });
});

describe('many deliveries', () => {
  test('are sent again by filter, a page at a time, but for those that a newer state has overtaken', async () => {
    for (const n of [1, 2, 3]) await delivery('dead', `/NL/CPO/L${n}`);
    await delivery('dead', '/NL/CPO/OLD');
    await delivery('delivered', '/NL/CPO/OLD');
    const other = await delivery('dead', '/NL/CPO/T1', 'tariffs');
    const asked = { state: 'dead', module: 'locations', limit: 3 };
    const first = await admin.post('/deliveries/retry', asked).expect(200);
    const rest = await admin
      .post('/deliveries/retry', { ...asked, cursor: first.body.next_cursor as string })
      .expect(200);
    expect(first.body).toEqual({ retried: 2, skipped: 1, next_cursor: expect.any(String) });
    expect(rest.body).toEqual({ retried: 1, skipped: 0, next_cursor: null });
    expect(await listed('state=waiting')).toHaveLength(3);
    expect((await listed('state=dead&module=tariffs'))[0]?.id).toBe(other.id);
  });

  test.each([
    [{}, 'state'],
    [{ state: 'waiting' }, 'state'],
    [{ state: 'dead', receiver: 'x' }, 'receiver'],
    [{ state: 'dead', limit: 501 }, 'limit'],
    [{ state: 'dead', cursor: 'none' }, 'cursor'],
    [{ state: 'dead', all: true }, 'all'],
  ])('are not sent again for %j because of %s', async (body, field) => {
    const answer = await admin.post('/deliveries/retry', body);
    expect([answer.status, fieldsOf(answer)]).toEqual([400, [field]]);
  });
});

test('deliveries of a platform are paused and resumed, and the list of receivers says so', async () => {
  await admin.post(`/platforms/${platformId}/deliveries/pause`).expect(204);
  await store.outbox.accept(push('locations', '/NL/CPO/P1'), [{ platformId, party: RECEIVER }]);
  expect((await admin.get('/deliveries').expect(200)).body.data).toEqual([
    expect.objectContaining({ state: 'waiting', next_attempt_at: null }),
  ]);
  expect((await admin.get('/deliveries/receivers').expect(200)).body).toEqual({
    data: [{ platform_id: platformId, paused_at: TIME, resync_since: null }],
    next_cursor: null,
  });
  await admin.post(`/platforms/${platformId}/deliveries/resume`).expect(204);
  expect((await admin.get('/deliveries').expect(200)).body.data).toEqual([
    expect.objectContaining({ state: 'waiting', next_attempt_at: TIME }),
  ]);
  expect((await admin.get('/deliveries/receivers')).body.data).toEqual([]);
  for (const call of ['pause', 'resume']) {
    const answer = await admin.post(`/platforms/${NOBODY}/deliveries/${call}`);
    expect([answer.status, fieldsOf(answer)]).toEqual([404, ['id']]);
  }
});

test('receivers that missed something are listed page by page, until they are said to have it', async () => {
  await sql(
    admin.settings.databaseUrl,
    'INSERT INTO delivery_receivers (platform_id, resync_since) SELECT id, now() FROM platforms',
  );
  const page = (cursor = '') => admin.get(`/deliveries/receivers?limit=1${cursor}`).expect(200);
  const first = await page();
  const second = await page(`&cursor=${first.body.next_cursor}`);
  const [one, other] = [first.body.data[0], second.body.data[0]] as { platform_id: string }[];
  expect([one?.platform_id, other?.platform_id].sort()).toEqual([platformId, silentId].sort());
  expect([one, second.body.next_cursor]).toMatchObject([{ paused_at: null, resync_since: TIME }, null]);
  await admin.post(`/platforms/${one?.platform_id}/deliveries/resynced`).expect(204);
  expect((await admin.get('/deliveries/receivers')).body.data).toEqual([other]);
  await admin.post(`/platforms/${NOBODY}/deliveries/resynced`).expect(404);
  for (const [query, field] of [
    ['cursor=none', 'cursor'],
    ['limit=0', 'limit'],
    ['state=dead', 'state'],
  ]) {
    const answer = await admin.get(`/deliveries/receivers?${query}`);
    expect([answer.status, fieldsOf(answer)]).toEqual([400, [field]]);
  }
});
