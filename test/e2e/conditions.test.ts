/** Optimistic locking in the operator's API: `ETag` and `If-Match`, over two processes on one database. */
import { randomUUID } from 'node:crypto';
import { type RunningApp } from '@app/runtime';
import request from 'supertest';
import { startAdmin } from '../../apps/admin/src/app';
import { adminUnderTest, type AdminUnderTest, fieldsOf } from '../support/admin-api';
import { sql } from '../support/store';

const TAG: unknown = expect.stringMatching(/^"[\w-]{22}"$/);
const STALE = [412, 'stale', ['If-Match']];
let admin: AdminUnderTest;
/** A second process of the API on the same database. */
let other: RunningApp;
let id: string;

beforeAll(async () => {
  admin = await adminUnderTest();
  other = await startAdmin(admin.settings);
});
afterAll(async () => {
  await other?.close();
  await admin?.close();
});
beforeEach(async () => {
  id = (await admin.made('Locked')).id;
});

const tagOf = async (path: string): Promise<string> =>
  (await admin.get(path).expect(200)).headers.etag as string;

function replace(hosts: readonly string[], ifMatch?: string, url = admin.url): request.Test {
  const call = request(url).put(`/admin/v1/platforms/${id}/allowed-hosts`).send({ hosts });
  const keyed = call.set('Authorization', `Bearer ${admin.settings.adminApiKey}`);
  return ifMatch === undefined ? keyed : keyed.set('If-Match', ifMatch);
}

const hosts = async (): Promise<string[]> =>
  (await admin.get(`/platforms/${id}/allowed-hosts`)).body.hosts as string[];

const told = (answer: request.Response): unknown[] => [answer.status, answer.body.code, fieldsOf(answer)];

describe('If-Match', () => {
  test('lets the change of what was read pass, and the answer names the new state', async () => {
    const before = await tagOf(`/platforms/${id}/allowed-hosts`);
    const answer = await replace(['a.example'], before).expect(200);
    expect([before, answer.headers.etag]).toEqual([TAG, TAG]);
    expect(answer.headers.etag).not.toBe(before);
    expect(await tagOf(`/platforms/${id}/allowed-hosts`)).toBe(answer.headers.etag);
    await replace(['b.example'], answer.headers.etag as string).expect(200);
    expect(await hosts()).toEqual(['b.example']);
  });

  test('refuses with 412 what was read before another change, and changes nothing', async () => {
    const before = await tagOf(`/platforms/${id}/allowed-hosts`);
    await replace(['a.example']).expect(200);
    const late = await replace(['late.example'], before);
    expect(told(late)).toEqual(STALE);
    expect(late.headers.etag).toBeUndefined();
    expect(await hosts()).toEqual(['a.example']);
    const refused = await admin.get(`/audit?outcome=refused&target=platforms/${id}`);
    expect(refused.body.data).toMatchObject([{ action: 'replaceAllowedHosts', error: 'stale' }]);
  });

  test('of many who read the same, at two processes at once, lets exactly one pass', async () => {
    const before = await tagOf(`/platforms/${id}/allowed-hosts`);
    const urls = Array.from({ length: 10 }, (_, n) => (n % 2 === 0 ? admin.url : other.url));
    const answers = await Promise.all(urls.map((url, n) => replace([`h${n}.example`], before, url)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(9).fill(412)]);
    const winner = answers.findIndex(({ status }) => status === 200);
    expect(await hosts()).toEqual([`h${winner}.example`]);
  });

  test('may be *, or name several; left out, whatever is there is replaced', async () => {
    const before = await tagOf(`/platforms/${id}/allowed-hosts`);
    await replace(['a.example'], `"other", ${before}`).expect(200);
    await replace(['b.example'], '*').expect(200);
    await replace(['c.example']).expect(200);
    expect(await hosts()).toEqual(['c.example']);
    expect(told(await replace(['d.example'], `W/${before}`))).toEqual(STALE);
  });

  test('that is malformed, or that comes with a creation, is a 400; about nothing it is a 404', async () => {
    expect(told(await replace([], 'no-quotes'))).toEqual([400, 'invalid_input', ['If-Match']]);
    const creation = await admin.post('/platforms', { name: 'x' }).set('If-Match', '*');
    expect(told(creation)).toEqual([400, 'invalid_input', ['If-Match']]);
    id = randomUUID();
    expect(told(await replace([], '*'))).toEqual([404, 'not_found', ['If-Match']]);
  });
});

describe('every call that changes something holds to If-Match', () => {
  test('a platform is suspended by who saw what it is, and not by who saw what it was', async () => {
    const planned = await tagOf(`/platforms/${id}`);
    const suspend = () => admin.post(`/platforms/${id}/suspend`).set('If-Match', planned);
    await suspend().expect(200);
    expect(told(await suspend())).toEqual(STALE);
    const resume = admin.post(`/platforms/${id}/resume`).set('If-Match', await tagOf(`/platforms/${id}`));
    await resume.expect(200);
  });

  test('a key is revoked, an agreement withdrawn, when it is what was read', async () => {
    const sides = { from: '*', to: { country_code: 'DE', party_id: 'TAG' } };
    const agreement = await admin.post('/agreements', { ...sides, modules: ['*'], effect: 'deny' });
    const key = await admin.post('/api-keys', { name: 'Tagged', role: 'viewer' });
    for (const path of [`/agreements/${agreement.body.id}`, `/api-keys/${key.body.id}`]) {
      const tag = await tagOf(path);
      expect(told(await admin.remove(path).set('If-Match', '"other"'))).toEqual(STALE);
      await admin.remove(path).set('If-Match', tag).expect(204);
    }
  });

  test('a sign of life is no change of a platform', async () => {
    const before = await tagOf(`/platforms/${id}`);
    await sql(admin.settings.databaseUrl, 'UPDATE platforms SET last_seen_at = now() WHERE id = $1', [id]);
    const after = await admin.get(`/platforms/${id}`);
    expect([after.headers.etag, typeof after.body.last_seen]).toEqual([before, 'string']);
  });

  test('lists, and what nobody can change, have no tag', async () => {
    for (const path of ['/platforms', '/audit', '/parties/NL/TNM/history']) {
      expect((await admin.get(path).expect(200)).headers.etag).toBeUndefined();
    }
  });
});
