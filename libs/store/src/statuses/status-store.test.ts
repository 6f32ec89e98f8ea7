import { type PlatformRecord } from '@app/hub';
import { type Party } from '@app/ocpi';
import { type FreshDatabase, freshDatabase } from '../../../../test/support/database';
import { emptied, sql, storeOn } from '../../../../test/support/store';
import { claim, registrationOf, tokenAHashOf } from '../../../testkit/src/twin';
import { type Store } from '../store';

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, seconds));
const CPO: Party = { countryCode: 'NL', partyId: 'TNM', role: 'CPO' };
const EMSP: Party = { ...CPO, role: 'EMSP' };

let database: FreshDatabase;
let store: Store;
beforeAll(async () => {
  database = await freshDatabase();
  store = await storeOn(database.url);
});
afterAll(() => store.close().then(() => database.drop()));
beforeEach(() => emptied(database.url));
beforeEach(() => sql(database.url, 'TRUNCATE status_changes'));

async function made(...plannedParties: Party[]): Promise<string> {
  const first = `hash ${Math.random()}`;
  const created = await store.platforms.create({ name: 'p', plannedParties, tokenAHash: first }, at(0));
  if (created.outcome !== 'done') throw new Error(created.outcome);
  const { id } = created.platform;
  await store.platforms.replaceTokenA({ platformId: id, tokenAHash: tokenAHashOf(id) }, at(0));
  return id;
}

async function registered(...parties: Party[]): Promise<string> {
  const id = await made();
  expect(await store.platforms.register(registrationOf(id, { parties: claim(...parties) }), at(1))).toEqual({
    outcome: 'done',
  });
  return id;
}

const statusesOf = (record: PlatformRecord | undefined) =>
  record?.parties
    .map(({ role, status, statusSince }) => `${role} ${status} ${statusSince.getUTCSeconds()}`)
    .sort();
const shown = async (id: string) => statusesOf(await store.platforms.find(id));
const historyOf = async (party: Party) => {
  const { data } = await store.statuses.history(party, { cursor: null, limit: 50 });
  return data.map(({ status, reason, at: when }) => `${status} ${reason} ${when.getUTCSeconds()}`);
};

test('a sign of life moves a platform on only when the last one is old enough', async () => {
  const id = await registered(CPO);
  const keep = (seconds: number) => store.statuses.keepSigns([{ platformId: id, at: at(seconds) }], 2_000);
  const lastSeen = async () => (await store.statuses.lastSeen([id])).get(id);
  expect(await lastSeen()).toBeUndefined();
  await keep(10);
  await keep(11);
  expect(await lastSeen()).toEqual(at(10));
  await keep(13);
  await keep(5);
  expect(await lastSeen()).toEqual(at(13));
});

test('OFFLINE and CONNECTED follow each other once, with times and reasons', async () => {
  const id = await registered(CPO, EMSP);
  expect(await store.statuses.setConnected(id, at(2))).toBe(false);
  expect(await store.statuses.setOffline(id, 'silence', at(2), at(3))).toBe(true);
  expect(await store.statuses.setOffline(id, 'silence', at(2), at(4))).toBe(false);
  expect(await shown(id)).toEqual(['CPO OFFLINE 3', 'EMSP OFFLINE 3']);
  expect(await store.statuses.setConnected(id, at(5))).toBe(true);
  expect(await historyOf(CPO)).toContain('OFFLINE silence 3');
  expect((await historyOf(CPO))[0]).toBe('CONNECTED sign_of_life 5');
});

test('a platform that was heard of since its failure is not OFFLINE', async () => {
  const id = await registered(CPO);
  await store.statuses.keepSigns([{ platformId: id, at: at(10) }], 0);
  expect(await store.statuses.setOffline(id, 'silence', at(9), at(11))).toBe(false);
  expect(await store.statuses.setOffline(id, 'silence', at(11), at(12))).toBe(true);
});

test('what the operator suspended is neither OFFLINE nor CONNECTED until it is resumed', async () => {
  const id = await registered(CPO);
  expect(await store.statuses.suspend(id, at(2))).toBe(true);
  expect(await store.statuses.suspend(id, at(3))).toBe(true);
  expect(await shown(id)).toEqual(['CPO SUSPENDED 2']);
  expect(await store.statuses.setOffline(id, 'silence', at(9), at(9))).toBe(false);
  expect(await store.statuses.setConnected(id, at(9))).toBe(false);
  await store.platforms.register(registrationOf(id, { parties: claim(CPO), kind: 'update' }), at(10));
  expect(await shown(id)).toEqual(['CPO SUSPENDED 2']);
  expect(await store.statuses.resume(id, at(11))).toBe(true);
  expect(await store.statuses.resume(id, at(12))).toBe(true);
  expect(await shown(id)).toEqual(['CPO CONNECTED 11']);
});

test('an announced platform is PLANNED again after it was suspended, and so is a party that it did not claim', async () => {
  const id = await made(CPO, EMSP);
  await store.statuses.suspend(id, at(2));
  expect(await shown(id)).toEqual(['CPO SUSPENDED 2', 'EMSP SUSPENDED 2']);
  await store.statuses.resume(id, at(3));
  expect(await shown(id)).toEqual(['CPO PLANNED 3', 'EMSP PLANNED 3']);
  await store.statuses.suspend(id, at(4));
  await store.platforms.register(registrationOf(id, { parties: claim(CPO) }), at(5));
  expect(await shown(id)).toEqual(['CPO SUSPENDED 4', 'EMSP PLANNED 5']);
  await store.statuses.resume(id, at(6));
  expect(await shown(id)).toEqual(['CPO CONNECTED 6', 'EMSP PLANNED 5']);
});

test('of nobody nothing is suspended', async () => {
  const nobody = '00000000-0000-4000-8000-000000000000';
  expect(await store.statuses.suspend(nobody, at(1))).toBe(false);
  expect(await store.statuses.resume(nobody, at(1))).toBe(false);
});

test('the history is paged, newest first, and keeps the last change of each party for ever', async () => {
  const id = await registered(CPO, EMSP);
  for (let times = 2; times < 12; times += 2) {
    await store.statuses.setOffline(id, 'silence', at(times), at(times));
    await store.statuses.setConnected(id, at(times + 1));
  }
  const all = await historyOf(CPO);
  expect(all).toHaveLength(11);
  const paged: string[] = [];
  for (let cursor: string | null = null; ;) {
    const page = await store.statuses.history(CPO, { cursor, limit: 4 });
    paged.push(
      ...page.data.map(({ status, reason, at: when }) => `${status} ${reason} ${when.getUTCSeconds()}`),
    );
    if (page.nextCursor === null) break;
    cursor = page.nextCursor;
  }
  expect(paged).toEqual(all);
  expect(await store.statuses.purgeHistory(at(59), 1_000)).toBe(20);
  expect(await historyOf(CPO)).toEqual([all[0]]);
});

test('changed views are read by their parties, and by when they changed', async () => {
  const viewerId = await registered(CPO);
  const view = (party: Party, seconds: number) => ({ viewerId, party, forbidden: true, since: at(seconds) });
  const others = [
    { ...CPO, countryCode: 'BE' },
    { ...EMSP, countryCode: 'BE' },
  ] as const;
  const views = [view(others[0], 1), view(others[1], 2)];
  await store.announcements.announceViews(views, () => []);
  const viewsOf = store.announcements.viewsOf.bind(store.announcements);
  expect(await viewsOf(viewerId, { parties: [others[1], CPO] })).toEqual([views[1]]);
  expect(await viewsOf(viewerId, { parties: [] })).toEqual([]);
  expect(await viewsOf(viewerId, { since: at(2) })).toEqual([views[1]]);
  expect(await viewsOf(viewerId, { since: undefined })).toHaveLength(2);
  expect(await viewsOf('00000000-0000-4000-8000-000000000000', { since: undefined })).toEqual([]);
});

test('a party that was given up unused is forgotten with its history; one that exchanged a message stays', async () => {
  const used: Party = { ...CPO, partyId: 'USE' };
  const young: Party = { ...CPO, partyId: 'NEW' };
  const id = await registered(CPO, used, young);
  await sql(
    database.url,
    `UPDATE parties SET exchanged = party_id = 'USE', held = false, status = 'SUSPENDED', announced_status = 'SUSPENDED',
       status_since = CASE party_id WHEN 'NEW' THEN $1::timestamptz ELSE $2::timestamptz END`,
    [at(30), at(10)],
  );
  expect(await store.statuses.forgetUnused(at(20), 10)).toBe(1);
  expect(await store.statuses.forgetUnused(at(20), 10)).toBe(0);
  const left = (await store.platforms.find(id))?.parties.map(({ partyId }) => partyId).sort();
  expect(left).toEqual(['NEW', 'USE']);
  expect(await historyOf(CPO)).toEqual([]);
});

test('a party that sent or got a message that succeeded is noted as one that exchanged', async () => {
  const names = ['SND', 'GOT', 'BAD', 'OLD', 'NON'];
  await registered(...names.map((partyId) => ({ ...CPO, partyId })));
  await sql(database.url, 'CREATE TABLE IF NOT EXISTS messages_rest PARTITION OF messages DEFAULT');
  const row = (from: string | null, to: string | null, status: number, seconds: number) =>
    sql(
      database.url,
      `INSERT INTO messages (at, id, correlation_id, request_id, ids_made, scenario, method, http_status, ocpi_status,
         duration_ms, request_bytes, answer_bytes, from_party, to_party)
       VALUES ($1, gen_random_uuid(), 'c', 'r', false, 'direct', 'GET', 200, $2, 1, 1, 1, $3, $4)`,
      [at(seconds), status, from, to],
    );
  await row('NL*SND', 'NL*GOT', 1000, 30);
  await row('NL*BAD', null, 2001, 30);
  await row('NL*OLD', null, 1000, 10);
  await store.statuses.markExchanged(at(20));
  const marked = await sql<{ party_id: string }>(
    database.url,
    'SELECT party_id FROM parties WHERE exchanged ORDER BY 1',
  );
  expect(marked.map(({ party_id }) => party_id)).toEqual(['GOT', 'SND']);
});
