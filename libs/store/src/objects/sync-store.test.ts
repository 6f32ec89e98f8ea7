import { type SyncResult, type SyncWish } from '@app/hub';
import { type Store } from '@app/store';
import { at, claim, CPO, OTHER_CPO, registeredPlatform } from '../../../testkit/src/twin';
import { freshDatabase, type FreshDatabase } from '../../../../test/support/database';
import { sql, storeOn } from '../../../../test/support/store';

let database: FreshDatabase;
let store: Store;
beforeAll(async () => {
  database = await freshDatabase();
  store = await storeOn(database.url);
});
afterAll(async () => {
  await store.close();
  await database.drop();
});
beforeEach(() => sql(database.url, 'TRUNCATE platforms CASCADE'));

const wish = (platformId: string, module = 'locations', more: Partial<SyncWish> = {}): SyncWish => ({
  ...{ platformId, module, owner: 'NL*CPO', registeredAt: at(1), connectedSince: at(1) },
  ...more,
});
const NONE = { objects: 0, ignored: [] };
const ended = (minutes: number, shortage: string | null = null): SyncResult => ({
  ...{ startedAt: at(minutes), endedAt: at(minutes), shortage },
});

test('a platform has one claim at a time, whoever asks, until it ends or runs out', async () => {
  const a = (await registeredPlatform(store.platforms, CPO)).id;
  const b = (await registeredPlatform(store.platforms, OTHER_CPO)).id;
  await store.sync.expect([wish(a), wish(a, 'tariffs'), wish(b)], at(2));
  const claims = await Promise.all([1, 2, 3].map(() => store.sync.claim(5, at(3), at(6))));
  expect(
    claims
      .flat()
      .map(({ platformId }) => platformId)
      .sort(),
  ).toEqual([a, b].sort());
  expect(await store.sync.claim(5, at(5), at(8))).toEqual([]);
  const job = claims.flat().find(({ platformId }) => platformId === a)!;
  await store.sync.finish(job, ended(3), at(60));
  const [next, ...others] = await store.sync.claim(5, at(5), at(8));
  expect(next).toMatchObject({ platformId: a, syncedAt: null, failures: 0 });
  expect([next!.module, job.module].sort()).toEqual(['locations', 'tariffs']);
  expect(others).toEqual([]);
  expect(await store.sync.claim(5, at(9), at(12))).toHaveLength(2);
});

test('whoever lost a claim can neither go on nor end it', async () => {
  const { id } = await registeredPlatform(store.platforms, CPO);
  await store.sync.expect([wish(id)], at(2));
  const [lost] = await store.sync.claim(1, at(3), at(4));
  const [held] = await store.sync.claim(1, at(5), at(9));
  expect(await store.sync.renew(lost!, NONE, at(20))).toBe(false);
  await store.sync.finish(lost!, ended(3), at(60));
  expect(
    await store.sync.renew(
      held!,
      { objects: 7, ignored: [{ reason: 'no_id', owner: 'NL*CPO', count: 1 }] },
      at(10),
    ),
  ).toBe(true);
  await store.sync.finish(held!, ended(5), at(60));
  expect(await store.sync.claim(1, at(59), at(61))).toEqual([]);
  expect(await store.sync.claim(1, at(60), at(61))).toMatchObject([{ syncedAt: at(5) }]);
});

test('a failure is named until the next success, and comes back when it is due', async () => {
  const { id } = await registeredPlatform(store.platforms, CPO);
  await store.sync.expect([wish(id)], at(2));
  const [job] = await store.sync.claim(1, at(3), at(4));
  await store.sync.fail(
    job!,
    { code: 'list_refused', reason: 'x'.repeat(1_000), peerSaid: null, at: at(3) },
    at(10),
  );
  expect(await store.sync.failing('locations')).toEqual([
    { platformId: id, module: 'locations', owner: 'NL*CPO', shortage: null },
  ]);
  expect(await store.sync.failing('tariffs')).toEqual([]);
  expect(await store.sync.claim(1, at(9), at(11))).toEqual([]);
  const [again] = await store.sync.claim(1, at(10), at(11));
  expect(again).toMatchObject({ failures: 1, syncedAt: null });
  await store.sync.finish(again!, ended(10), at(60));
  expect(await store.sync.failing('locations')).toEqual([]);
});

test('a pull that did not bring everything is named until one does, and the next asks for everything', async () => {
  const { id } = await registeredPlatform(store.platforms, CPO);
  await store.sync.expect([wish(id)], at(2));
  const [job] = await store.sync.claim(1, at(3), at(4));
  const ignored = [{ reason: 'other_owner', owner: 'NL*OTH', count: 4 }] as const;
  await store.sync.renew(job!, { objects: 7, ignored }, at(20));
  await store.sync.finish(job!, ended(3, '5 of 12 objects do not come'), at(60));
  expect(await store.sync.failing('locations')).toMatchObject([{ shortage: '5 of 12 objects do not come' }]);
  const [row] = await sql(
    database.url,
    'SELECT objects, ignored, ignored_by, last_success_at FROM sync_state',
  );
  expect(row).toEqual({ objects: 7, ignored: 4, ignored_by: ignored, last_success_at: at(3) });
  const [again] = await store.sync.claim(1, at(60), at(61));
  expect(again).toMatchObject({ failures: 0, syncedAt: null });
  await store.sync.finish(again!, ended(60), at(90));
  expect(await store.sync.failing('locations')).toEqual([]);
});

test('a reconnection asks for what changed at once, a new registration for everything', async () => {
  const { id } = await registeredPlatform(store.platforms, CPO);
  await store.sync.expect([wish(id)], at(2));
  const [job] = await store.sync.claim(1, at(3), at(4));
  await store.sync.finish(job!, ended(3), at(60));
  await store.sync.expect([wish(id)], at(5));
  expect(await store.sync.claim(1, at(6), at(7))).toEqual([]);
  await store.sync.expect([wish(id, 'locations', { connectedSince: at(5) })], at(6));
  const [delta] = await store.sync.claim(1, at(6), at(9));
  expect(delta).toMatchObject({ syncedAt: at(3) });
  await store.sync.finish(delta!, ended(6), at(60));
  await store.sync.expect([wish(id, 'locations', { registeredAt: at(7), connectedSince: at(7) })], at(8));
  expect(await store.sync.claim(1, at(8), at(9))).toMatchObject([{ syncedAt: null }]);
});

test('what is asked for during a claim is not lost with its end', async () => {
  const { id } = await registeredPlatform(store.platforms, CPO);
  await store.sync.expect([wish(id)], at(2));
  const [job] = await store.sync.claim(1, at(3), at(10));
  await store.sync.expect([wish(id, 'locations', { registeredAt: at(4), connectedSince: at(4) })], at(4));
  expect(await store.sync.renew(job!, NONE, at(20))).toBe(true);
  await store.sync.finish(job!, ended(3), at(60));
  expect(await store.sync.claim(1, at(5), at(6))).toMatchObject([{ syncedAt: null }]);
});

test('platforms that are OFFLINE, suspended, unregistered or unknown are not asked', async () => {
  const { id } = await registeredPlatform(store.platforms, CPO);
  await store.sync.expect([wish(id), wish('00000000-0000-4000-8000-000000000000')], at(2));
  const usual = { status: 'CONNECTED', suspended: false, registered_at: at(1) };
  const become = (state: object): Promise<unknown> =>
    sql(database.url, 'UPDATE platforms SET (status, suspended, registered_at) = ($1, $2, $3)', [
      ...Object.values({ ...usual, ...state }),
    ]);
  for (const state of [{ status: 'OFFLINE' }, { suspended: true }, { registered_at: null }]) {
    await become(state);
    expect(await store.sync.claim(1, at(3), at(4))).toEqual([]);
  }
  await become(usual);
  const [job] = await store.sync.claim(2, at(3), at(4));
  await store.sync.drop(job!);
  expect(await store.sync.claim(2, at(99), at(99))).toEqual([]);
});

test('a platform that unregistered leaves neither objects nor plans', async () => {
  const a = (await registeredPlatform(store.platforms, CPO)).id;
  const b = (await registeredPlatform(store.platforms, ...claim(OTHER_CPO))).id;
  await store.sync.expect([wish(a), wish(b, 'locations', { owner: 'DE*CPO' })], at(2));
  const objects = (owner: string) => [
    { key: { module: 'locations', owner, id: 'L1', type: '' }, lastUpdated: at(1), body: Buffer.from('{}') },
  ];
  await store.objects.putPulled({ platformId: a, startedAt: at(2), objects: objects('NL*CPO') });
  await store.objects.putPulled({ platformId: b, startedAt: at(2), objects: objects('DE*CPO') });

  await store.sync.forget([a]);
  expect(await store.sync.claim(5, at(3), at(4))).toMatchObject([{ platformId: b }]);
  expect(await store.objects.ownersOf('locations', 'L1', '')).toEqual([
    { countryCode: 'DE', partyId: 'CPO' },
  ]);
});
