/** Platforms in the operator's API: over a real socket, on a real database. */
import { randomUUID } from 'node:crypto';
import request from 'supertest';
import {
  adminUnderTest,
  type AdminUnderTest,
  fieldsOf,
  HUB_VERSIONS_URL,
  party,
  TIME,
  TOKEN,
  UUID,
} from '../support/admin-api';

const NOBODY = randomUUID();
let admin: AdminUnderTest;

beforeAll(async () => {
  admin = await adminUnderTest();
});
afterAll(() => admin?.close());

describe('POST /admin/v1/platforms', () => {
  test('makes a platform with announced parties in upper case and shows its token A', async () => {
    const planned_parties = [party('nl', 'aaa', 'CPO'), party('NL', 'AAA', 'EMSP')];
    const answer = await admin.post('/platforms', { name: ' First ', planned_parties });
    expect(answer.status).toBe(201);
    const planned = {
      country_code: 'NL',
      party_id: 'AAA',
      status: 'PLANNED',
      last_updated: TIME,
      held: true,
    };
    expect(answer.body).toEqual({
      ...{ id: UUID, name: 'First', status: 'PLANNED' },
      ...{ versions_url: HUB_VERSIONS_URL, token_a: TOKEN },
      parties: expect.arrayContaining([
        { ...planned, role: 'CPO' },
        { ...planned, role: 'EMSP' },
      ]),
    });
  });

  test('names every field that is wrong, and leaves nothing behind', async () => {
    const before = (await admin.get('/platforms')).body.data.length as number;
    const planned_parties = [
      party('NLD', 'AAA', 'CPO'),
      party('NL', 'A-A', 'HUB'),
      { ...party('NL', 'X1X', 'CPO'), x: 1 },
      7,
    ];
    const answer = await admin.post('/platforms', { name: '', planned_parties, extra: true });
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ status: 400, code: 'invalid_input' });
    expect(fieldsOf(answer).sort()).toEqual([
      'extra',
      'name',
      'planned_parties[0].country_code',
      'planned_parties[1].party_id',
      'planned_parties[1].role',
      'planned_parties[2].x',
      'planned_parties[3]',
    ]);
    expect((await admin.get('/platforms')).body.data.length).toBe(before);
  });

  test.each([
    [{}, 'name'],
    [{ name: 7 }, 'name'],
    [{ name: ' \t' }, 'name'],
    [{ name: 'a\u0000b' }, 'name'],
    [{ name: 'x'.repeat(101) }, 'name'],
    [{ name: 'x', planned_parties: 'NL*AAA' }, 'planned_parties'],
    [
      { name: 'x', planned_parties: [party('NL', 'DUP', 'CPO'), party('nl', 'dup', 'CPO')] },
      'planned_parties[1]',
    ],
  ])('refuses %j because of %s', async (body, field) => {
    const answer = await admin.post('/platforms', body);
    expect([answer.status, answer.body.details[0].field]).toEqual([400, field]);
  });

  test('answers 409 and names the party that another platform, or the hub, holds', async () => {
    await admin.made('Holder', party('NL', 'TKN', 'CPO'));
    const answer = await admin.post('/platforms', {
      name: 'Late',
      planned_parties: [party('NL', 'FRE', 'CPO'), party('nl', 'tkn', 'CPO')],
    });
    expect([answer.status, answer.body.code]).toEqual([409, 'party_taken']);
    expect(answer.body.details).toEqual([
      { field: 'planned_parties[1]', message: 'CPO NL*TKN belongs to another platform' },
    ]);
    const asHub = await admin.post('/platforms', {
      name: 'Hub',
      planned_parties: [party('de', 'hub', 'CPO')],
    });
    expect([asHub.status, asHub.body.details[0].field]).toEqual([409, 'planned_parties[0]']);
    await admin.made('Other role', party('NL', 'TKN', 'EMSP'), party('NL', 'FRE', 'CPO'));
  });
});

describe('GET /admin/v1/platforms', () => {
  test('pages through every platform once, oldest first', async () => {
    const ids: string[] = [];
    for (const name of ['Page 1', 'Page 2', 'Page 3']) ids.push((await admin.made(name)).id);
    const seen: string[] = [];
    let cursor: string | null = '';
    do {
      const page: request.Response = await admin
        .get(`/platforms?limit=2${cursor && `&cursor=${cursor}`}`)
        .expect(200);
      expect(page.body.data.length).toBeLessThanOrEqual(2);
      seen.push(...(page.body.data as { id: string }[]).map(({ id }) => id));
      cursor = page.body.next_cursor as string | null;
    } while (cursor !== null);
    expect(seen.slice(-3)).toEqual(ids);
    expect(new Set(seen).size).toBe(seen.length);
  });

  test.each([
    ['limit=0', 'limit'],
    ['limit=501', 'limit'],
    ['limit=ten', 'limit'],
    ['limit=1e1', 'limit'],
    ['limit=1&limit=2', 'limit'],
    ['cursor=never-given-out', 'cursor'],
    ['cursor=%00', 'cursor'],
    ['cursor=', 'cursor'],
    ['colour=red', 'colour'],
  ])('refuses ?%s because of %s', async (query, field) => {
    for (const list of ['/platforms', '/parties', '/messages']) {
      const answer = await admin.get(`${list}?${query}`);
      expect([answer.status, answer.body.code, fieldsOf(answer)]).toEqual([400, 'invalid_input', [field]]);
    }
  });
});

test.each(['ten', '0', '501', '1.5', ''])('limit=%s is told which numbers a list takes', async (limit) => {
  const answer = await admin.get(`/platforms?limit=${limit}`);
  expect(answer.body.details).toEqual([
    { field: 'limit', message: 'limit must be a whole number from 1 to 500' },
  ]);
});

test('a platform that does not exist is a 404, and an id that is no UUID a 400, for every call', async () => {
  const register = { versions_url: 'https://x.example/versions', token_a: 'x' };
  const calls = (id: string) => [
    admin.get(`/platforms/${id}`),
    admin.post(`/platforms/${id}/token-a`),
    admin.post(`/platforms/${id}/register`, register),
    admin.remove(`/platforms/${id}`),
    admin.patch(`/platforms/${id}`, { name: 'x' }),
  ];
  for (const answer of await Promise.all(calls(NOBODY))) {
    expect([answer.status, answer.body.code, fieldsOf(answer)]).toEqual([404, 'not_found', ['id']]);
  }
  for (const answer of await Promise.all(calls('7'))) {
    expect([answer.status, answer.body.code, fieldsOf(answer)]).toEqual([400, 'invalid_input', ['id']]);
  }
});

test.each<[string, string, object | undefined, string[]]>([
  ['a query that a call has no use for', 'GET ?colour=red', undefined, ['colour']],
  ['one of a change', 'POST /suspend?now=yes', undefined, ['now']],
  ['a body that a call has no use for', 'POST /suspend', { until: 'noon' }, ['until']],
  ['one that is no object', 'POST /resume', ['x'], ['body']],
  ['one of a DELETE', 'DELETE ', { force: true }, ['force']],
])('%s is refused and named', async (_what, call, body, fields) => {
  const { id } = await admin.made('Strict');
  const [method = '', path = ''] = call.split(' ');
  const asked = request(admin.url)[method.toLowerCase() as 'get'](`/admin/v1/platforms/${id}${path}`);
  const answer = await asked.set('Authorization', `Bearer ${admin.settings.adminApiKey}`).send(body);
  expect([answer.status, fieldsOf(answer)]).toEqual([400, fields]);
  expect((await admin.get(`/platforms/${id}`)).body.status).toBe('PLANNED');
});

test('POST …/token-a makes a fresh token each time, also with an empty JSON body', async () => {
  const { id, token_a } = await admin.made('Forgetful');
  const first = await admin.post(`/platforms/${id}/token-a`);
  const second = await admin.post(`/platforms/${id}/token-a`).set('Content-Type', 'application/json');
  for (const { status, body } of [first, second]) {
    expect([status, body]).toEqual([201, { token_a: TOKEN, versions_url: HUB_VERSIONS_URL }]);
  }
  expect(new Set([token_a, first.body.token_a, second.body.token_a]).size).toBe(3);
});

test('without the key nothing is shown, and health and the contract are open', async () => {
  await request(admin.url).get('/admin/v1/platforms').expect(401);
  await request(admin.url).get('/admin/v1/platforms').set('Authorization', 'Bearer wrong').expect(401);
  await request(admin.url)
    .get('/health/ready')
    .expect(200, { status: 'up', checks: { postgres: 'up' } });
  await request(admin.url)
    .get('/metrics')
    .expect(200)
    .expect('content-type', /^text\/plain/);
  await request(admin.url).get('/admin/openapi.json').expect(200);
});
