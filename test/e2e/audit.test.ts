/** The audit log of the operator's API: every change is in it, no secret is, and nothing takes an entry out. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import request from 'supertest';
import { adminUnderTest, type AdminUnderTest, fieldsOf, party, TIME, UUID } from '../support/admin-api';
import { type TestProcess, startProcess } from '../support/processes';
import { sql } from '../support/store';

let admin: AdminUnderTest;
beforeAll(async () => {
  admin = await adminUnderTest();
});
afterAll(() => admin?.close());

interface Entry {
  readonly id: string;
  readonly action: string;
  readonly target: string;
  readonly outcome: string;
  readonly [field: string]: unknown;
}

const FIRST_OWNER = { id: null, name: 'ADMIN_API_KEY', role: 'owner' };

async function entries(query = ''): Promise<Entry[]> {
  const { body } = await admin.get(`/audit?limit=500${query && `&${query}`}`).expect(200);
  return body.data as Entry[];
}

async function whole(entry: Entry | undefined): Promise<Entry> {
  return (await admin.get(`/audit/${entry?.id}`).expect(200)).body as Entry;
}

test('an entry tells who did what to what, with input, before and after', async () => {
  const { id } = await admin.made('Audited', party('NL', 'AUD', 'CPO'));
  const made = await admin.post('/api-keys', { name: 'Clerk', role: 'operator' }).expect(201);
  const bearer = `Bearer ${made.body.key}`;
  const hosts = ['callbacks.example.com'];
  const url = `/admin/v1/platforms/${id}/allowed-hosts`;
  await request(admin.url).put(url).set('Authorization', bearer).send({ hosts }).expect(200);
  await admin.post(`/platforms/${id}/suspend`).set('Authorization', bearer).expect(200);

  const actor = { id: made.body.id as string, name: 'Clerk', role: 'operator' };
  const [suspended, replaced] = await entries(`actor=${actor.id}`);
  expect(await whole(replaced)).toEqual({
    ...{ id: UUID, at: TIME, ended_at: TIME, actor, outcome: 'changed', error: null },
    ...{ action: 'replaceAllowedHosts', target: `platforms/${id}/allowed-hosts` },
    ...{ input: { body: { hosts } }, before: { hosts: [] }, after: { hosts } },
  });
  expect(await whole(suspended)).toMatchObject({
    ...{ action: 'suspendPlatform', target: `platforms/${id}`, input: null },
    ...{ before: { id, status: 'PLANNED' }, after: { id, status: 'SUSPENDED' } },
  });
  const [created] = await entries(`action=createPlatform&target=platforms/${id}`);
  expect(await whole(created)).toMatchObject({
    ...{ actor: FIRST_OWNER, input: { body: { name: 'Audited' } } },
    ...{ before: null, after: { id, name: 'Audited' } },
  });
});

test('what is changed under an id in capitals, or percent-encoded, is found under the id', async () => {
  const { id } = await admin.made('Found');
  const letters = id.replace(/^./, (first) => `%${first.charCodeAt(0).toString(16)}`);
  await admin.post(`/platforms/${id.toUpperCase()}/suspend`).expect(200);
  await admin.post(`/platforms/${letters}/resume`).expect(200);
  const found = await entries(`target=platforms/${id}`);
  expect(found.map(({ action, target }) => `${action} ${target}`)).toEqual(
    ['resumePlatform', 'suspendPlatform', 'createPlatform'].map((action) => `${action} platforms/${id}`),
  );
  expect(await whole(found[1])).toMatchObject({ before: { id, status: 'PLANNED' }, after: { id } });
});

test('what is gone has a state before and none after', async () => {
  const sides = { from: '*', to: { country_code: 'DE', party_id: 'MSP' } };
  const { body } = await admin.post('/agreements', { ...sides, modules: ['*'], effect: 'deny' }).expect(201);
  await admin.remove(`/agreements/${body.id}`).expect(204);
  const [gone, made] = await entries(`target=agreements/${body.id}`);
  expect(await whole(gone)).toMatchObject({ action: 'withdrawAgreement', before: body, after: null });
  expect(await whole(made)).toMatchObject({ action: 'createAgreement', before: null, after: body });
});

test('a dry run and a repeated creation are no changes', async () => {
  const sides = { from: '*', to: { country_code: 'DE', party_id: 'DRY' } };
  const agreement = { ...sides, modules: ['*'], effect: 'deny' };
  const before = await entries();
  await admin.post('/agreements/import?dry_run=true', [agreement]).expect(200);
  expect(await entries()).toEqual(before);
  const create = () => admin.post('/platforms', { name: 'Repeated' }).set('Idempotency-Key', 'audit-1');
  await create().expect(201);
  await create().expect(201);
  expect((await entries()).length).toBe(before.length + 1);
  const unchanged = await entries('outcome=unchanged');
  expect(unchanged.map(({ action }) => action)).toEqual(['createPlatform', 'importAgreements']);
  expect(await whole(unchanged[1])).toMatchObject({
    input: { query: { dry_run: 'true' }, body: [agreement] },
  });
});

test('what was refused is no change, and found when asked for', async () => {
  const before = await entries();
  await admin.post('/platforms', { name: '' }).expect(400);
  await admin.remove(`/agreements/${randomUUID()}`).expect(404);
  expect(await entries()).toEqual(before);
  const [gone, malformed] = await entries('outcome=refused');
  expect(gone).toMatchObject({ action: 'withdrawAgreement', outcome: 'refused', error: 'not_found' });
  expect(malformed).toMatchObject({ action: 'createPlatform', target: 'platforms', error: 'invalid_input' });
});

test('what a role does not allow is found when asked for, what comes without a good key is not kept', async () => {
  const { id } = await admin.made('Looked at');
  const made = await admin.post('/api-keys', { name: 'Curious', role: 'viewer' }).expect(201);
  const before = await entries();
  const suspend = (key: string) =>
    admin.post(`/platforms/${id}/suspend`).set('Authorization', `Bearer ${key}`);
  await suspend(made.body.key as string).expect(403);
  await suspend('ohk_wrong').expect(401);
  expect(await entries()).toEqual(before);
  const refused = await entries(`outcome=refused&target=platforms/${id}`);
  expect(await Promise.all(refused.map(whole))).toEqual([
    {
      ...{ id: UUID, at: TIME, ended_at: TIME, outcome: 'refused', error: 'forbidden' },
      ...{ actor: { id: made.body.id as string, name: 'Curious', role: 'viewer' } },
      ...{ action: 'suspendPlatform', target: `platforms/${id}`, input: null, before: null, after: null },
    },
  ]);
});

test('an imported file is kept as it was sent', async () => {
  const csv = 'from,to,modules,effect\n*,NL*CSV,*,deny\n';
  await admin.post('/agreements/import').set('Content-Type', 'text/csv').send(csv).expect(200);
  const [entry] = await entries('action=importAgreements');
  expect(await whole(entry)).toMatchObject({ target: 'agreements/import', input: { body: csv } });
});

test.each([
  ['outcome=lost', 'outcome'],
  ['since=yesterday', 'since'],
  ['since=2026-01-02T00:00:00Z&until=2026-01-01T00:00:00Z', 'until'],
  ['action=suspendplatform', 'action'],
  ['action=', 'action'],
  ['actor=', 'actor'],
  ['actor=a%00b', 'actor'],
  ['target=%00', 'target'],
  ['cursor=none', 'cursor'],
  ['role=owner', 'role'],
])('GET /admin/v1/audit?%s is refused because of %s', async (query, field) => {
  const answer = await admin.get(`/audit?${query}`);
  expect([answer.status, fieldsOf(answer)]).toEqual([400, [field]]);
});

test('it is read page by page, and by time', async () => {
  const all = await entries();
  const seen: string[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const { body } = await admin.get(`/audit?limit=2${cursor && `&cursor=${cursor}`}`).expect(200);
    seen.push(...(body.data as Entry[]).map(({ id }) => id));
    cursor = body.next_cursor as string | null;
  }
  expect(seen).toEqual(all.map(({ id }) => id));
  expect(await entries('since=2099-01-01T00:00:00Z')).toEqual([]);
  expect(await entries('until=2020-01-01T00:00:00Z')).toEqual([]);
  expect(await entries('since=2020-01-01T00:00:00Z&until=2099-01-01T00:00:00Z')).toEqual(all);
});

test('when an entry cannot be written, nothing is changed', async () => {
  await sql(admin.settings.databaseUrl, 'ALTER TABLE audit_entries RENAME TO audit_entries_away');
  const answer = await admin.post('/platforms', { name: 'Unseen' });
  await sql(admin.settings.databaseUrl, 'ALTER TABLE audit_entries_away RENAME TO audit_entries');
  expect([answer.status, answer.body.code]).toEqual([500, 'internal']);
  const { body } = await admin.get('/platforms?limit=500').expect(200);
  expect((body.data as { name: string }[]).map(({ name }) => name)).not.toContain('Unseen');
});

test('no secret that went through the API is in it', async () => {
  const { id, token_a } = await admin.made('Secretive');
  const fresh = await admin.post(`/platforms/${id}/token-a`).expect(201);
  const peer = { versions_url: 'http://127.0.0.1:9/versions', token_a: 'the-secret-of-the-peer' };
  await admin.post(`/platforms/${id}/register`, peer).expect(400);
  const made = await admin.post('/api-keys', { name: 'Secret', role: 'viewer' }).expect(201);
  await admin.post('/platforms', { name: 'x', token: 'sent-by-mistake' }).expect(400);
  const [register] = await entries(`outcome=refused&action=registerAtPlatform`);
  const masked = { versions_url: peer.versions_url, token_a: '***' };
  expect(await whole(register)).toMatchObject({ input: { body: masked } });
  const rows = await sql(
    admin.settings.databaseUrl,
    'SELECT e::text AS entry, o::text AS outcome FROM audit_entries e LEFT JOIN audit_outcomes o ON o.entry_id = e.id',
  );
  const text = JSON.stringify(rows);
  const secrets = [token_a, fresh.body.token_a, peer.token_a, made.body.key, 'sent-by-mistake'] as string[];
  for (const secret of [...secrets, admin.settings.adminApiKey]) {
    expect(text).not.toContain(secret);
    expect(text).not.toContain(Buffer.from(secret).toString('base64'));
  }
});

describe('a process that is killed in the middle of a change', () => {
  let killed: TestProcess;
  let silent: Server;
  afterEach(async () => {
    await killed?.kill('SIGKILL');
    silent?.close();
  });

  test('leaves an open entry, which says that nobody knows how it ended', async () => {
    silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as { port: number };
    const { settings } = admin;
    killed = await startProcess('admin', {
      ...{ DATABASE_URL: settings.databaseUrl, ADMIN_API_KEY: settings.adminApiKey },
      ...{ ENCRYPTION_KEY: 'ab'.repeat(32), ALLOW_PRIVATE_NETWORKS: 'true' },
    });
    const { id } = await admin.made('Hanging');
    const asked = once(silent, 'connection');
    const body = JSON.stringify({ versions_url: `http://127.0.0.1:${port}/versions`, token_a: 'x' });
    const headers = { Authorization: `Bearer ${settings.adminApiKey}`, 'Content-Type': 'application/json' };
    const url = `${killed.url}/admin/v1/platforms/${id}/register`;
    const answer = fetch(url, { method: 'POST', headers, body }).catch(() => 'broken off');
    await asked;
    await killed.kill('SIGKILL');
    expect(await answer).toBe('broken off');
    const [entry] = await entries(`target=platforms/${id}&outcome=open`);
    const open = { action: 'registerAtPlatform', outcome: 'open', ended_at: null, after: null };
    expect(await whole(entry)).toMatchObject(open);
    expect((await entries())[0]?.id).toBe(entry?.id);
  });
});
