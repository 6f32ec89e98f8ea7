/**
 * A platform that sends and sends: what the hub keeps for it has a limit. The platform reads which, the operator sees how
 * near it is, the others go on, and what is over makes room.
 */
import { type PlatformCall } from '@app/testkit';
import { openStore } from '@app/store';
import { KeptLog, sql } from '../support/store';
import { HUB_PARTY, type JoinedPlatform, party, startHub, type TestHub } from '../support/hub';
import { eventually } from '../support/status';

const MAX_BYTES = 65_536;
const ENV = {
  PARTY_APPROVAL: 'off',
  MAX_OBJECTS_PER_PLATFORM: '3',
  MAX_STORED_BYTES_PER_PLATFORM: String(MAX_BYTES),
};

let hub: TestHub;
let cpo: JoinedPlatform;
let other: JoinedPlatform;
let emsp: JoinedPlatform;
beforeAll(async () => {
  hub = await startHub(ENV);
  cpo = await hub.join('cpo', [party('NL*CPO', 'CPO')], {
    modules: [{ module: 'commands', interfaceRole: 'RECEIVER' }],
  });
  other = await hub.join('other', [party('FR*CPO', 'CPO')]);
  emsp = await hub.join('emsp', [party('DE*MSP', 'EMSP')]);
}, 60_000);
afterAll(() => hub.close());

type Limit = { readonly name: string; readonly used: number; readonly max: number };

async function limitOf({ id }: JoinedPlatform, name: string): Promise<Limit | undefined> {
  const { data } = await hub.admin.ask<{ data: Limit[] }>('GET', `/platforms/${id}/limits`);
  return data.find((limit) => limit.name === name);
}

/** Broadcasts one object. @returns status and message of the answer */
async function put(platform: JoinedPlatform, owner: string, id: string, name = 'x'): Promise<unknown[]> {
  const [country_code, party_id] = owner.split('*');
  const call: PlatformCall = {
    ...{ module: 'tariffs', interfaceRole: 'RECEIVER', method: 'PUT', to: HUB_PARTY },
    rest: `/${country_code}/${party_id}/${id}`,
    body: { country_code, party_id, id, name, last_updated: '2026-01-01T00:00:00Z' },
  };
  const { status_code, status_message } = (await platform.call(call)).json();
  return [status_code, status_message];
}

const remove = (id: string): PlatformCall => ({
  ...{ module: 'tariffs', interfaceRole: 'RECEIVER', method: 'DELETE', to: HUB_PARTY },
  rest: `/NL/CPO/${id}`,
});

test('one object more than the limit is 2001 that names it; those that are there may change and go; others go on', async () => {
  for (const id of ['A', 'B', 'C']) expect((await put(cpo, 'NL*CPO', id))[0]).toBe(1000);
  const refused = [2001, expect.stringMatching(/MAX_OBJECTS_PER_PLATFORM.*3 objects are kept of at most 3/)];
  expect(await put(cpo, 'NL*CPO', 'D')).toEqual(refused);
  expect(await limitOf(cpo, 'objects')).toMatchObject({ used: 3, max: 3 });
  expect((await put(cpo, 'NL*CPO', 'A', 'changed'))[0]).toBe(1000);
  expect((await put(other, 'FR*CPO', 'A'))[0]).toBe(1000);
  expect((await cpo.call(remove('C'))).json().status_code).toBe(1000);
  expect((await put(cpo, 'NL*CPO', 'D'))[0]).toBe(1000);
});

test('pushes that fill the room of a platform are refused with the limit and its setting; others go on', async () => {
  const large = 'x'.repeat(9_000);
  const said: unknown[] = [];
  for (let at = 0; at < 12; at++) said.push((await put(cpo, 'NL*CPO', 'A', large))[0]);
  expect([said[0], said.at(-1)]).toEqual([1000, 2001]);
  expect(await put(cpo, 'NL*CPO', 'A', large)).toEqual([
    2001,
    expect.stringMatching(/MAX_STORED_BYTES_PER_PLATFORM.*bytes are kept of at most 65536/),
  ]);
  const { used } = (await limitOf(cpo, 'stored_bytes'))!;
  expect(used).toBeGreaterThan(MAX_BYTES - 20_000);
  expect(used).toBeLessThanOrEqual(MAX_BYTES);
  expect((await put(other, 'FR*CPO', 'B'))[0]).toBe(1000);
  expect((await cpo.call(remove('A'))).json().status_code).toBe(1000);
  await put(other, 'FR*CPO', 'LAST');
});

test('what is delivered makes room before its time once a platform has half of its room', async () => {
  await hub.addWorker();
  await emsp.waitFor(({ path }) => path.endsWith('/FR/CPO/LAST'), 10_000);
  const url = hub.settings.databaseUrl;
  await sql(url, `UPDATE pushes SET created_at = created_at - interval '1 minute'`);
  const { encryptionKey, messageLogDays, maxStoredBytesPerPlatform } = hub.settings;
  const options = { databaseUrl: url, encryptionKey, messageLogDays, maxStoredBytesPerPlatform };
  const store = await openStore({ ...options, log: new KeptLog(), poolSize: 2 });
  await eventually(async () => {
    await store.deliveries.purge(1_000);
    expect((await limitOf(cpo, 'stored_bytes'))!.used).toBeLessThan(MAX_BYTES / 2);
  }, 15_000);
  await store.close();
  expect((await put(cpo, 'NL*CPO', 'B', 'x'.repeat(9_000)))[0]).toBe(1000);
});

test('a deleted object is forgotten a day later', async () => {
  const url = hub.settings.databaseUrl;
  await cpo.call(remove('B'));
  await sql(
    url,
    `UPDATE objects SET deleted_at = deleted_at - interval '25 hours' WHERE deleted_at IS NOT NULL`,
  );
  const { encryptionKey, messageLogDays } = hub.settings;
  const store = await openStore({ databaseUrl: url, encryptionKey, messageLogDays, log: new KeptLog() });
  await store.deliveries.purge(1_000);
  await store.close();
  expect(await sql(url, 'SELECT FROM objects WHERE deleted_at IS NOT NULL')).toEqual([]);
});

test('a list with more objects than a platform may have is not taken, and the reason names the limit', async () => {
  const puller = await hub.join('puller', [party('BE*CPO', 'CPO')]);
  const tariff = (id: number) => ({
    ...{ country_code: 'BE', party_id: 'CPO', id: `T${id}`, last_updated: '2026-01-01T00:00:00Z' },
  });
  const listed = JSON.stringify({ status_code: 1000, data: [1, 2, 3, 4, 5].map(tariff) });
  puller.answerWith(({ module }) => (module === 'tariffs' ? { body: Buffer.from(listed) } : undefined));
  await eventually(async () => {
    const [row] = await sql<{ last_error: string | null }>(
      hub.settings.databaseUrl,
      `SELECT last_error FROM sync_state WHERE owner = 'BE*CPO' AND module = 'tariffs'`,
    );
    expect(row?.last_error).toMatch(/MAX_OBJECTS_PER_PLATFORM/);
  }, 15_000);
  expect(await limitOf(puller, 'objects')).toMatchObject({ used: 0 });
});
