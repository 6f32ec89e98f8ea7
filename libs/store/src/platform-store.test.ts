import { randomBytes, randomUUID } from 'node:crypto';
import { openStore, type Store } from '@app/store';
import { type EndpointRecord } from '@app/hub';
import { at, claim, CPO, createdPlatform, EMSP, platformStoreBehaviour } from '@app/testkit';
import { registeredPlatform, registrationOf } from '@app/testkit';
import { emptyDatabase, freshDatabase, type FreshDatabase } from '../../../test/support/database';
import { emptied, KeptLog, sql, storeOn } from '../../../test/support/store';

let database: FreshDatabase;
beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.drop());

platformStoreBehaviour('PostgreSQL', async () => {
  const { platforms, changes, close } = await opened();
  const suspend = async (id: string): Promise<void> => {
    await sql(database.url, 'UPDATE platforms SET suspended = true WHERE id = $1', [id]);
  };
  return { platforms, changes, suspend, end: close };
});

/** A store whose closing leaves an empty database. */
async function opened(): Promise<Pick<Store, 'platforms' | 'changes' | 'close'>> {
  const store = await storeOn(database.url);
  const close = async (): Promise<void> => {
    await store.close();
    await emptied(database.url);
  };
  return { platforms: store.platforms, changes: store.changes, close };
}

describe('the store on PostgreSQL', () => {
  let store: Awaited<ReturnType<typeof opened>>;
  beforeEach(async () => {
    store = await opened();
  });
  afterEach(() => store.close());

  test('a registration that fails half-way leaves everything as it was', async () => {
    const before = await registeredPlatform(store.platforms, CPO);
    const endpoints = [
      { module: 'cdrs', interfaceRole: 'BOTH', url: 'https://x' } as unknown as EndpointRecord,
    ];
    const update = registrationOf(before.id, { kind: 'update', parties: claim(EMSP), endpoints });
    await expect(store.platforms.register(update, at(5))).rejects.toThrow('endpoints_interface_role_check');
    expect(await store.platforms.loadAll()).toEqual([before]);
  });

  test('no token is to be found in any table, neither the peer’s nor the hub’s', async () => {
    const { id } = await createdPlatform(store.platforms);
    const peerToken = `peer-${randomUUID()}`;
    await store.platforms.register(registrationOf(id, { peerToken }), at(1));
    const dump = await wholeDatabase();
    expect(dump).toContain(id);
    for (const form of [
      peerToken,
      Buffer.from(peerToken).toString('hex'),
      Buffer.from(peerToken).toString('base64'),
    ]) {
      expect(dump).not.toContain(form);
    }
    expect((await store.platforms.find(id))?.peerToken).toBe(peerToken);
  });

  test('a token moved to another platform’s row does not open there, and keeps nobody else from being loaded', async () => {
    const cpo = await registeredPlatform(store.platforms, CPO);
    const emsp = await registeredPlatform(store.platforms, EMSP);
    const copy =
      'UPDATE platforms SET peer_token = (SELECT peer_token FROM platforms WHERE id = $1) WHERE id = $2';
    await sql(database.url, copy, [cpo.id, emsp.id]);
    const tokens = (await store.platforms.loadAll()).map((record) => [record.id, record.peerToken]);
    expect(Object.fromEntries(tokens)).toEqual({ [cpo.id]: cpo.peerToken, [emsp.id]: null });
  });

  test('another encryption key stops the start with a plain reason', async () => {
    await registeredPlatform(store.platforms, CPO);
    const wrong = {
      databaseUrl: database.url,
      encryptionKey: randomBytes(32),
      log: new KeptLog(),
      messageLogDays: 1,
    };
    await expect(openStore(wrong)).rejects.toThrow('ENCRYPTION_KEY is not the key');
  });

  test('a database that was never migrated stops the start', async () => {
    const empty = await emptyDatabase();
    await expect(storeOn(empty.url)).rejects.toThrow('platforms');
    await empty.drop();
  });

  test('10,000 platforms are loaded with four queries, in a few seconds', async () => {
    await tenThousandPlatforms();
    const started = performance.now();
    const records = await store.platforms.loadAll();
    expect(performance.now() - started).toBeLessThan(8_000);
    expect(records).toHaveLength(10_000);
    expect(records.every((record) => record.parties.length === 2 && record.endpoints.length === 8)).toBe(
      true,
    );
  });
});

async function wholeDatabase(): Promise<string> {
  const tables = await sql<{ name: string }>(
    database.url,
    `SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace`,
  );
  const rows = await Promise.all(
    tables.map(({ name }) => sql(database.url, `SELECT t::text AS row FROM ${name} t`)),
  );
  return JSON.stringify(rows);
}

async function tenThousandPlatforms(): Promise<void> {
  await sql(
    database.url,
    `INSERT INTO platforms (id, name, status, suspended, announced_parties, created_at)
     SELECT gen_random_uuid(), 'P' || n, 'CONNECTED', false, '{}', now() FROM generate_series(1, 10000) n`,
  );
  await sql(
    database.url,
    `INSERT INTO parties (id, platform_id, country_code, party_id, role, status, status_since, held)
     SELECT gen_random_uuid(), p.id, chr(65 + (n / 1000)::int) || 'X', lpad((n % 1000)::text, 3, '0'), role,
            'CONNECTED', now(), true
     FROM (SELECT id, row_number() OVER () - 1 AS n FROM platforms) p, unnest(ARRAY['CPO', 'EMSP']) role`,
  );
  await sql(
    database.url,
    `INSERT INTO endpoints (id, platform_id, module, interface_role, url)
     SELECT gen_random_uuid(), p.id, 'module' || n, 'SENDER', 'https://peer.example/ocpi/2.2.1/module' || n
     FROM platforms p, generate_series(1, 8) n`,
  );
}
