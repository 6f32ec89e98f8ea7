/** Keys of the operator's API: what each role may do, and what a key that is no good may. */
import { randomUUID } from 'node:crypto';
import { type RunningApp } from '@app/runtime';
import request from 'supertest';
import { startAdmin } from '../../apps/admin/src/app';
import { adminUnderTest, type AdminUnderTest, fieldsOf, TIME, UUID } from '../support/admin-api';
import { sql } from '../support/store';
import { until } from '../support/waiting';

const NOBODY = randomUUID();
const KEY: unknown = expect.stringMatching(/^ohk_[A-Za-z0-9_-]{43}$/);

let admin: AdminUnderTest;
/** A second process of the API on the same database. */
let other: RunningApp;

beforeAll(async () => {
  admin = await adminUnderTest();
  other = await startAdmin(admin.settings);
});
afterAll(async () => {
  await other?.close();
  await admin?.close();
});

interface MadeKey {
  readonly id: string;
  readonly key: string;
}

async function made(role: string, more: object = {}): Promise<MadeKey> {
  const answer = await admin.post('/api-keys', { name: `A ${role}`, role, ...more }).expect(201);
  return answer.body as MadeKey;
}

/** A call with a key of choice, at either process. */
const call = (
  key: string | undefined,
  method: string,
  path: string,
  url = admin.url,
): Promise<request.Response> => {
  const asked = request(url)[method.toLowerCase() as 'get'](path);
  return (async () => (key === undefined ? asked : asked.set('Authorization', `Bearer ${key}`)))();
};

test('a key is shown once, at its creation, and only its SHA-256 is kept', async () => {
  const expires_at = '2099-01-01T00:00:00.000Z';
  const answer = await admin.post('/api-keys', { name: ' Night ', role: 'viewer', expires_at }).expect(201);
  const shown = {
    ...{ id: UUID, name: 'Night', role: 'viewer', created_at: TIME },
    ...{ expires_at, revoked_at: null, last_used_at: null },
  };
  expect(answer.body).toEqual({ ...shown, key: KEY });
  const { id, key } = answer.body as MadeKey;
  expect((await admin.get(`/api-keys/${id}`).expect(200)).body).toEqual(shown);
  const listed = (await admin.get('/api-keys').expect(200)).body.data as object[];
  expect(listed).toContainEqual(shown);
  const rows = await sql(admin.settings.databaseUrl, 'SELECT * FROM api_keys');
  expect(JSON.stringify(rows)).not.toContain(key);
});

test('the keys are listed page by page', async () => {
  const ids = [(await made('viewer')).id, (await made('viewer')).id];
  const seen: string[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const { body } = await admin.get(`/api-keys?limit=1${cursor && `&cursor=${cursor}`}`).expect(200);
    seen.push(...(body.data as MadeKey[]).map(({ id }) => id));
    cursor = body.next_cursor as string | null;
  }
  expect(seen.slice(-2)).toEqual(ids);
});

test.each<[object, string]>([
  [{ role: 'viewer' }, 'name'],
  [{ name: ' ', role: 'viewer' }, 'name'],
  [{ name: ' admin_api_key', role: 'viewer' }, 'name'],
  [{ name: 'x', role: 'admin' }, 'role'],
  [{ name: 'x', role: 'viewer', expires_at: 'soon' }, 'expires_at'],
  [{ name: 'x', role: 'viewer', expires_at: '2020-01-01T00:00:00Z' }, 'expires_at'],
  [{ name: 'x', role: 'viewer', key: 'of-mine' }, 'key'],
])('%j makes no key because of %s', async (body, field) => {
  const answer = await admin.post('/api-keys', body);
  expect([answer.status, fieldsOf(answer)]).toEqual([400, [field]]);
});

test('Idempotency-Key makes one key of two equal requests, and is another for another caller', async () => {
  const owner = await made('owner');
  const idempotency = randomUUID();
  const create = () =>
    admin.post('/api-keys', { name: 'Once', role: 'viewer' }).set('Idempotency-Key', idempotency);
  const first = await create().expect(201);
  expect((await create().expect(201)).body).toEqual(first.body);
  const others = await create().set('Authorization', `Bearer ${owner.key}`).expect(201);
  expect(others.body.id).not.toBe(first.body.id);
});

describe('a key that is no good is refused with 401 by every process', () => {
  const refusedEverywhere = async (key: string | undefined): Promise<void> => {
    for (const url of [admin.url, other.url]) {
      for (const method of ['GET', 'POST']) {
        const answer = await call(key, method, '/admin/v1/platforms', url);
        expect([answer.status, answer.body.code]).toEqual([401, 'unauthorized']);
        expect(answer.headers['www-authenticate']).toBe('Bearer');
      }
    }
  };

  test('when it was revoked, from that very moment', async () => {
    const { id, key } = await made('operator');
    for (const url of [admin.url, other.url]) {
      expect((await call(key, 'GET', '/admin/v1/platforms', url)).status).toBe(200);
    }
    await admin.remove(`/api-keys/${id}`).expect(204, '');
    await refusedEverywhere(key);
    await admin.remove(`/api-keys/${id}`).expect(204);
    expect((await admin.get(`/api-keys/${id}`).expect(200)).body.revoked_at).toEqual(TIME);
  });

  test('when it expired', async () => {
    const { id, key } = await made('operator', { expires_at: '2099-01-01T00:00:00Z' });
    expect((await call(key, 'GET', '/admin/v1/platforms')).status).toBe(200);
    await sql(admin.settings.databaseUrl, 'UPDATE api_keys SET expires_at = now() WHERE id = $1', [id]);
    await refusedEverywhere(key);
  });

  test.each([
    ['missing', undefined],
    ['unknown', `ohk_${'x'.repeat(43)}`],
    ['cut', 'ohk_x'],
    ['malformed', 'a,b;c'],
    ['a SHA-256 of one', 'n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg='],
  ])('when it is %s', (_what, key) => refusedEverywhere(key));
});

test('the last use of a key is noted, and of its first use at once', async () => {
  const { id, key } = await made('viewer');
  await call(key, 'GET', '/admin/v1/platforms');
  const lastUse = async (): Promise<unknown> => (await admin.get(`/api-keys/${id}`)).body.last_used_at;
  await until(async () => (await lastUse()) !== null);
  expect(await lastUse()).toEqual(TIME);
});

describe('an operator', () => {
  test('may make platforms, and neither see, make nor revoke keys', async () => {
    const { id, key } = await made('operator');
    const bearer = `Bearer ${key}`;
    await admin.post('/platforms', { name: 'Mine' }).set('Authorization', bearer).expect(201);
    const answers = [
      await call(key, 'GET', '/admin/v1/api-keys'),
      await call(key, 'GET', `/admin/v1/api-keys/${id}`),
      await call(key, 'DELETE', `/admin/v1/api-keys/${id}`),
      await admin.post('/api-keys', { name: 'Up', role: 'owner' }).set('Authorization', bearer),
    ];
    for (const { status, body } of answers) {
      expect([status, body.code]).toEqual([403, 'forbidden']);
      expect(body.details).toEqual([{ field: 'role', message: 'it is operator; owner is asked for' }]);
    }
  });
});

describe('an owner', () => {
  test('may make and revoke keys, but not the one in its hand', async () => {
    const { id, key } = await made('owner');
    const bearer = `Bearer ${key}`;
    const next = await admin.post('/api-keys', { name: 'Next', role: 'owner' }).set('Authorization', bearer);
    expect(next.status).toBe(201);
    for (const own of [id, id.toUpperCase()]) {
      const self = await call(key, 'DELETE', `/admin/v1/api-keys/${own}`);
      expect([self.status, self.body.code]).toEqual([409, 'key_in_use']);
    }
    expect((await call((next.body as MadeKey).key, 'DELETE', `/admin/v1/api-keys/${id}`)).status).toBe(204);
    expect((await call(key, 'GET', '/admin/v1/platforms')).status).toBe(401);
  });

  test('gets 404 for a key that is none, and 400 for an id that is none', async () => {
    expect((await admin.remove(`/api-keys/${NOBODY}`)).body.code).toBe('not_found');
    expect((await admin.get('/api-keys/7')).body.code).toBe('invalid_input');
  });
});
