/** Pulling lists from platforms: when each is asked, by one worker at a time, and what comes of it. */
import { createCourier } from '@app/courier';
import { openStore } from '@app/store';
import { randomUUID } from 'node:crypto';
import { PullSync, type SyncParts } from '../../apps/delivery/src/sync/pull-sync';
import { SYNC_TIMES, type SyncTimes } from '../../apps/delivery/src/sync/sync-times';
import { HUB_PARTY, type JoinedPlatform, party, startHub, type TestHub } from '../support/hub';
import { type Lists, pagedLists } from '../support/paged-list';
import { sql } from '../support/store';
import { until } from '../support/waiting';

const QUICK: SyncTimes = { ...SYNC_TIMES, pollMs: 50, firstRetryMs: 100, longestRetryMs: 400 };
const CPO = party('NL*CPO', 'CPO');

let hub: TestHub;
let cpo: JoinedPlatform;
let lists: Lists;
const closers: (() => Promise<void>)[] = [];

beforeEach(async () => {
  hub = await startHub();
  lists = new Map([['NL*CPO', Array.from({ length: 25 }, (_, n) => location(`L${n}`))]]);
  cpo = await hub.join('cpo', [CPO]);
  cpo.answerWith(pagedLists(lists, 10));
});
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
  await hub.close();
});

function location(id: string, updated = '2024-01-01T00:00:00Z'): string {
  return `{"country_code":"NL","party_id":"CPO","id":"${id}","x":1.00,"last_updated":"${updated}"}`;
}

/** A worker's sync on the database of the hub. */
async function startSync(more: Partial<SyncParts> = {}): Promise<{ pulls: string[] }> {
  const { settings } = hub;
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const store = await openStore({ ...settings, log, poolSize: 4 });
  const courier = createCourier({
    ...settings,
    userAgent: 'hub-under-test/1.0',
    ownMark: 'mark-of-this-test',
    ...{ maxAnswerBytes: 1_000_000, connectionsPerOrigin: 4, maxInFlightPerPlatform: 24, idlePoolMs: 10_000 },
  });
  const pulls: string[] = [];
  const sync = new PullSync({
    ...{ sync: store.sync, objects: store.objects, courier, log, newId: randomUUID, random: () => 0.5 },
    ...{ hub: { countryCode: 'DE', partyId: 'HUB' }, now: () => new Date(), timeoutMs: 2_000, times: QUICK },
    count: (module, outcome, objects) => pulls.push(`${module} ${outcome} ${objects}`),
    ...more,
  });
  await store.changes.follow(sync);
  closers.unshift(async () => {
    await sync.close();
    await courier.close();
    await store.close();
  });
  return { pulls };
}

const state = (): Promise<{ module: string; failures: number; synced_at: Date | null }[]> =>
  sql(hub.settings.databaseUrl, 'SELECT module, failures, synced_at FROM sync_state ORDER BY module');

const count = async (): Promise<number> => {
  const [row] = await sql<{ count: string }>(
    hub.settings.databaseUrl,
    'SELECT count(*) AS count FROM objects',
  );
  return Number(row!.count);
};

const gets = (): string[] =>
  cpo.received
    .filter(({ method, module }) => method === 'GET' && module === 'locations')
    .map(({ query }) => query);

test('a platform that registers is pulled from once and whole, by any number of workers together', async () => {
  const workers = await Promise.all([startSync(), startSync()]);
  const done = (): string[] => workers.flatMap(({ pulls }) => pulls).sort();
  await until(() => done().length === 2);
  expect(done()).toEqual(['locations done 25', 'tariffs done 25']);
  expect(gets()).toEqual(['offset=0&limit=100', 'offset=10&limit=100', 'offset=20&limit=100']);
});

test('only lists that the party has are asked for', async () => {
  const { pulls } = await startSync();
  await hub.join('emsp', [party('DE*MSP', 'EMSP')]);
  await until(() => pulls.length === 3);
  expect([...pulls].sort()).toEqual(['locations done 25', 'tariffs done 25', 'tokens done 0']);
});

test('a platform that is back is asked for what changed since', async () => {
  const { pulls } = await startSync();
  await until(() => pulls.length === 2);
  cpo.clear();
  cpo.answerWith(pagedLists(lists, 10));
  lists.get('NL*CPO')!.push(location('NEW', new Date().toISOString()));
  const back = `UPDATE parties SET status_since = now() WHERE platform_id = '${cpo.id}'`;
  await sql(hub.settings.databaseUrl, back);
  await sql(hub.settings.databaseUrl, `SELECT pg_notify('hub_changed', $1)`, [cpo.id]);
  await until(() => pulls.length === 4);
  expect(gets()).toEqual([expect.stringMatching(/^offset=0&limit=100&date_from=20/)]);
  expect([...pulls.slice(2)].sort()).toEqual(['locations done 1', 'tariffs done 1']);
});

test('a list that fails is asked for again, less and less often, and is noted as failing', async () => {
  cpo.misbehave('envelope_500');
  const { pulls } = await startSync();
  await until(() => pulls.length >= 4);
  expect(new Set(pulls)).toEqual(new Set(['locations failed 0', 'tariffs failed 0']));
  expect((await state()).every(({ failures }) => failures > 0)).toBe(true);
  const shown = await hub.admin.ask<{ data: object[] }>('GET', `/platforms/${cpo.id}/lists`);
  const error = {
    code: 'list_refused',
    reason: expect.stringContaining('HTTP 500, OCPI 3000'),
    peer_said: 'Database is down',
  };
  expect(shown.data).toMatchObject([
    { module: 'locations', state: 'failing', objects: 0, last_success_at: null, error },
    { module: 'tariffs', state: 'failing', last_attempt_at: expect.any(String), error },
  ]);
  cpo.misbehave(null);
  await until(async () =>
    (await state()).every(({ failures, synced_at }) => failures === 0 && synced_at !== null),
  );
  expect(await count()).toBe(50);
});

test('a platform that unregisters leaves nothing, and one that registers again is pulled from whole', async () => {
  const { pulls } = await startSync();
  await until(() => pulls.length === 2);
  await hub.admin.unregister(cpo.id);
  await until(async () => (await count()) === 0 && (await state()).length === 0);
  const { token_a } = await hub.admin.tokenA(cpo.id);
  cpo.clear();
  cpo.answerWith(pagedLists(lists, 100));
  await cpo.register(hub.versionsUrl, token_a);
  await until(async () => (await count()) === 50);
  expect(gets()[0]).toBe('offset=0&limit=100');
});

test('a worker that stops in the middle of a list leaves it to another at once', async () => {
  let release = (): void => undefined;
  const gate = new Promise<void>((resolve) => (release = resolve));
  const paged = pagedLists(lists, 10);
  cpo.answerWith(async (request) => {
    if (request.query.includes('offset=10')) await gate;
    return paged(request);
  });
  const first = await startSync();
  await until(() => cpo.received.some(({ query }) => query.includes('offset=10')));
  const closing = closers.shift()!();
  release();
  await closing;
  expect(first.pulls).toEqual([expect.stringContaining('failed 0')]);
  const second = await startSync();
  await until(() => second.pulls.length === 2);
  expect(await count()).toBe(50);
});

test('what was pulled is there for the parties that ask', async () => {
  const { pulls } = await startSync();
  const emsp = await hub.join('emsp', [party('DE*MSP', 'EMSP')]);
  await until(() => pulls.length === 3);
  const answer = await emsp.call({
    ...{ module: 'locations', interfaceRole: 'SENDER', method: 'GET', query: 'limit=1', to: HUB_PARTY },
  });
  expect(answer.headers['x-total-count']).toBe('25');
  expect(answer.body.toString()).toContain(location('L0'));
});

test('a pull that succeeds after one that failed takes away what only the failed one brought, and no broadcast', async () => {
  const paged = pagedLists(lists, 10);
  cpo.answerWith((request) =>
    request.query.includes('offset=10') ? { httpStatus: 500, body: '{"status_code":3000}' } : paged(request),
  );
  const failing = await startSync();
  await until(() => failing.pulls.includes('locations failed 0'));
  await closers.shift()!();
  const [push, id] = ['PUSHED', 'L3'];
  await cpo.call({
    ...{ module: 'locations', interfaceRole: 'RECEIVER', method: 'PUT', rest: `/NL/CPO/${push}` },
    ...{ body: location(push), from: CPO, to: HUB_PARTY },
  });
  lists.set(
    'NL*CPO',
    lists.get('NL*CPO')!.filter((one) => one !== location(id)),
  );
  cpo.answerWith(paged);
  const later = await startSync({ now: () => new Date(Date.now() + 600_000) });
  await until(() => later.pulls.includes('locations done 24'));
  const emsp = await hub.join('emsp', [party('DE*MSP', 'EMSP')]);
  const answer = await emsp.call({
    ...{ module: 'locations', interfaceRole: 'SENDER', method: 'GET', query: 'limit=100', to: HUB_PARTY },
  });
  const ids = answer.json<{ data: { id: string }[] }>().data.map((one) => one.id);
  expect(ids.sort()).toEqual(
    [...Array.from({ length: 25 }, (_, n) => `L${n}`), push].filter((one) => one !== id).sort(),
  );
});
