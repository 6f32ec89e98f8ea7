import { randomBytes } from 'node:crypto';
import { type CapturedMessage } from '@app/hub';
import { agreementBetween, CPO, registeredPlatform } from '@app/testkit';
import { openStore, type Store } from '@app/store';
import { freshDatabase, type FreshDatabase } from '../../../test/support/database';
import { emptied, KeptLog, sql } from '../../../test/support/store';

const OLD = randomBytes(32);
const NEW = randomBytes(32);
const DAY_MS = 86_400_000;

let database: FreshDatabase;
beforeAll(async () => {
  database = await freshDatabase();
});
afterEach(() => emptied(database.url));
afterAll(() => database.drop());

function opened(key: Buffer, previous: Buffer[] = [], log = new KeptLog()): Promise<Store> {
  const keys = { encryptionKey: key, encryptionKeysPrevious: previous };
  return openStore({ ...keys, databaseUrl: database.url, log, messageLogDays: 1, poolSize: 4 });
}

async function using<T>(store: Store, work: (store: Store) => Promise<T>): Promise<T> {
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

const MESSAGE: CapturedMessage = {
  ...{ at: new Date(), direction: 'sent', method: 'GET', url: '/captured', httpStatus: 200, error: null },
  ...{ requestHeaders: {}, answerHeaders: {}, requestBody: null, answerBody: null },
};

const TLS = { tls: { ca: null, client: { certificate: 'a certificate', key: 'a private key' } } };

/** One value in every column of sealed ones; the platform's id. */
async function fill(store: Store): Promise<string> {
  const { id } = await registeredPlatform(store.platforms, CPO);
  await store.platforms.setTls(id, TLS);
  await createdOnce(store);
  const order = {
    platformId: id,
    durationSeconds: 60,
    maxBytes: 100_000,
    maxBytesTotal: 100_000,
    maxPayloadBytes: 256,
    keepSeconds: 60,
  };
  const started = await store.captures.start(order, new Date());
  if (started.outcome !== 'done') throw new Error(started.outcome);
  store.captureLog.record(id, started.capture.id, MESSAGE);
  return id;
}

async function createdOnce(store: Store): Promise<unknown> {
  const expiresAt = new Date(Date.now() + DAY_MS);
  const once = { key: 'a key', request: 'hash', expiresAt, answer: () => 'the answer' };
  return store.agreements.createOnce(once, agreementBetween(), new Date());
}

/** All that `fill` sealed, as a store gives it back. */
async function read(store: Store, id: string): Promise<unknown> {
  const platform = await store.platforms.find(id);
  const capture = await store.captures.find(id);
  const page = await store.captures.list(capture!.id, { cursor: null, limit: 5 });
  return {
    peerToken: platform?.peerToken,
    tls: platform?.tls,
    captured: page.data.map(({ message }) => message?.url),
    once: await createdOnce(store),
  };
}

const whole = (id: string): object => ({
  ...{ peerToken: `peer-token-${id}`, tls: TLS.tls, captured: ['/captured'] },
  once: { outcome: 'repeated', answer: 'the answer' },
});

describe('a new ENCRYPTION_KEY', () => {
  test('opens all that the old one sealed while that is named, and alone after one start', async () => {
    const id = await using(await opened(OLD), fill);
    const log = new KeptLog();
    expect(await using(await opened(NEW, [randomBytes(32), OLD], log), (store) => read(store, id))).toEqual(
      whole(id),
    );
    expect(log.lines.join()).toContain('{"resealed":4}');
    expect(await using(await opened(NEW), (store) => read(store, id))).toEqual(whole(id));
    await expect(opened(OLD)).rejects.toThrow('ENCRYPTION_KEY is not the key');
  });

  test('is told apart from a key that is named but sealed nothing: a second start says that it can go', async () => {
    await using(await opened(OLD), fill);
    await using(await opened(NEW, [OLD]), () => Promise.resolve());
    const log = new KeptLog();
    await using(await opened(NEW, [OLD], log), () => Promise.resolve());
    expect(log.lines).toEqual([expect.stringContaining('nothing is left under ENCRYPTION_KEYS_PREVIOUS')]);
  });

  test('that replaces the old one without naming it stops the start, and the reason names both settings', async () => {
    await using(await opened(OLD), fill);
    const reason = /^ENCRYPTION_KEY is not the key .*ENCRYPTION_KEYS_PREVIOUS$/;
    await expect(opened(NEW)).rejects.toThrow(reason);
    await expect(opened(NEW, [randomBytes(32)])).rejects.toThrow(reason);
  });

  test('can be known to every process first: it opens what another one seals with it already', async () => {
    const id = await using(await opened(OLD, [NEW]), async (early) => {
      return using(await opened(NEW, [OLD]), async (late) => {
        const filled = await fill(late);
        expect((await early.platforms.find(filled))?.peerToken).toBe(`peer-token-${filled}`);
        return filled;
      });
    });
    expect(await using(await opened(NEW), (store) => read(store, id))).toEqual(whole(id));
  });

  test('is taken up by several processes at once, over many pages, and each row counts once', async () => {
    await using(await opened(OLD), fill);
    await sealedCopies(130);
    const logs = [1, 2, 3, 4].map(() => new KeptLog());
    const stores = await Promise.all(logs.map((log) => opened(NEW, [OLD], log)));
    for (const store of stores) await store.close();
    const counts = logs.map(({ lines }) => Number(/"resealed":(\d+)/.exec(lines.join())?.[1] ?? 0));
    expect(counts.reduce((sum, count) => sum + count)).toBe(134);
    const log = new KeptLog();
    await using(await opened(NEW, [OLD], log), () => Promise.resolve());
    expect(log.lines.join()).toContain('nothing is left');
  });

  test('leaves what no key opens, and counts it for the operator', async () => {
    const id = await using(await opened(OLD), fill);
    await sql(database.url, `UPDATE platforms SET tls_key = '\\x01ff'`);
    const log = new KeptLog();
    const platform = await using(await opened(NEW, [OLD], log), ({ platforms }) => platforms.find(id));
    expect(platform?.peerToken).toBe(`peer-token-${id}`);
    expect(log.lines.join()).toMatch(/warn sealed values .*"unopened":1.*"resealed":3/);
  });
});

test('every column of bytes is one that is sealed and sealed anew, or one that is never sealed', async () => {
  const columns = await sql<{ name: string }>(
    database.url,
    `SELECT DISTINCT table_name || '.' || column_name AS name FROM information_schema.columns
     WHERE table_schema = 'public' AND data_type = 'bytea' ORDER BY name`,
  );
  expect(columns.map(({ name }) => name)).toEqual([
    ...['captured_messages.sealed', 'idempotency_keys.answer', 'objects.body'],
    ...['platforms.peer_token', 'platforms.tls_key', 'pushes.body'],
  ]);
});

/** More captured messages than a page holds: copies open as well as the first, since they are bound to its platform. */
async function sealedCopies(count: number): Promise<void> {
  await sql(
    database.url,
    `INSERT INTO captured_messages (id, capture_id, at, sealed)
     SELECT gen_random_uuid(), capture_id, at, sealed FROM captured_messages, generate_series(1, $1)`,
    [count],
  );
}
