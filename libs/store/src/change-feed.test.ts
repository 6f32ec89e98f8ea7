import { type PlatformStore } from '@app/hub';
import { type Store } from '@app/store';
import {
  agreementBetween,
  at,
  claim,
  CPO,
  createdPlatform,
  EMSP,
  eventually,
  Follower,
  TcpGate,
} from '@app/testkit';
import { registrationOf } from '@app/testkit';
import { freshDatabase, type FreshDatabase } from '../../../test/support/database';
import { emptied, KeptLog, sql, storeOn } from '../../../test/support/store';
import { type FeedSource, PostgresChangeFeed } from './change-feed';

const QUICK = { heartbeatMs: 200, answerMs: 300, firstRetryMs: 20, longestRetryMs: 100 };

describe('the change feed, when its channel is lost', () => {
  let database: FreshDatabase;
  let gate: TcpGate;
  let store: Store;
  let feed: PostgresChangeFeed;
  let follower: Follower;

  beforeAll(async () => {
    database = await freshDatabase();
    store = await storeOn(database.url);
  });
  afterAll(async () => {
    await store.close();
    await database.drop();
  });
  beforeEach(async () => {
    gate = await TcpGate.before(database.url);
    const source = { platforms: loadPlatforms, agreements: () => store.agreements.loadAll() };
    feed = new PostgresChangeFeed(gate.url, source, new KeptLog(), QUICK);
    follower = new Follower();
    await feed.follow(follower);
  });
  afterEach(async () => {
    await feed.close();
    await gate.close();
    await emptied(database.url);
  });

  async function loadPlatforms(ids?: readonly string[]): ReturnType<PlatformStore['loadAll']> {
    if (ids === undefined) return store.platforms.loadAll();
    return (await Promise.all(ids.map((id) => store.platforms.find(id)))).filter(
      (found) => found !== undefined,
    );
  }

  test('sees what changed while its session was being ended by the server', async () => {
    const { id } = await createdPlatform(store.platforms);
    await eventually(() => follower.known.has(id));
    await sql(
      database.url,
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE application_name = 'hub changes' AND datname = current_database()`,
    );
    await store.platforms.register(registrationOf(id), at(1));
    await eventually(() => follower.known.get(id)?.status === 'CONNECTED');
    expect(follower.reloads).toBe(2);
  });

  test('sees what changed while the database could not be reached, and follows again', async () => {
    gate.shut();
    const { id } = await createdPlatform(store.platforms);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(follower.known.has(id)).toBe(false);
    gate.open();
    await eventually(() => follower.known.has(id));
    await store.platforms.register(registrationOf(id), at(1));
    await eventually(() => follower.known.get(id)?.status === 'CONNECTED');
  });

  test('sees the agreements that were made while the database could not be reached', async () => {
    gate.shut();
    await store.agreements.create(agreementBetween(), at(1));
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(follower.agreements).toEqual([]);
    gate.open();
    await eventually(() => follower.agreements.length === 1);
  });

  test('notices a channel that is silent because it is dead', async () => {
    gate.freeze();
    const { id } = await createdPlatform(store.platforms);
    await new Promise((resolve) => setTimeout(resolve, QUICK.heartbeatMs + QUICK.answerMs + 100));
    gate.open();
    await eventually(() => follower.reloads > 1 && follower.known.has(id));
  });

  test('tells nobody anything after it was closed, and closes at once', async () => {
    const started = performance.now();
    await feed.close();
    expect(performance.now() - started).toBeLessThan(2_000);
    const { id } = await createdPlatform(store.platforms);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(follower.known.has(id)).toBe(false);
  });
});

describe('the change feed, at its start', () => {
  let database: FreshDatabase;
  let store: Store;
  beforeEach(async () => {
    database = await freshDatabase();
    store = await storeOn(database.url);
  });
  afterEach(async () => {
    await store.close();
    await database.drop();
  });

  const everything = (): FeedSource => ({
    platforms: () => store.platforms.loadAll(),
    agreements: () => store.agreements.loadAll(),
  });

  test('misses nothing that changes between listening and the end of the first load', async () => {
    const { id } = await createdPlatform(store.platforms, CPO, EMSP);
    let changes = 0;
    const load = async (ids?: readonly string[]): ReturnType<PlatformStore['loadAll']> => {
      const state =
        ids === undefined ? await store.platforms.loadAll() : [(await store.platforms.find(ids[0]!))!];
      // The change comes after the load has read, so that only its notification can tell.
      if (changes++ === 0)
        await store.platforms.register(registrationOf(id, { parties: claim(EMSP) }), at(1));
      return state;
    };
    const source = { platforms: load, agreements: () => store.agreements.loadAll() };
    const feed = new PostgresChangeFeed(database.url, source, new KeptLog(), {
      ...QUICK,
      heartbeatMs: 60_000,
    });
    const follower = new Follower();
    await feed.follow(follower);
    await eventually(() => follower.known.get(id)?.status === 'CONNECTED');
    expect(follower.reloads).toBe(1);
    await feed.close();
  });

  test('waits for a database that is not there yet', async () => {
    const gate = await TcpGate.before(database.url);
    gate.shut();
    const feed = new PostgresChangeFeed(gate.url, everything(), new KeptLog(), QUICK);
    const follower = new Follower();
    const followed = feed.follow(follower);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(follower.reloads).toBe(0);
    gate.open();
    await followed;
    expect(follower.reloads).toBe(1);
    await feed.close();
    await gate.close();
  });

  test('fails to follow when it is closed before the first load', async () => {
    const gate = await TcpGate.before(database.url);
    gate.shut();
    const feed = new PostgresChangeFeed(gate.url, everything(), new KeptLog(), QUICK);
    const followed = feed.follow(new Follower());
    const refused = expect(followed).rejects.toThrow('closed');
    await feed.close();
    await refused;
    await gate.close();
  });
});
