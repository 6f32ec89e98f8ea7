/** How much captures may take, of one platform and of all together. */
import { type CaptureState } from '../support/captures';
import { type JoinedPlatform, party, startHub, type TestHub } from '../support/hub';
import { sql } from '../support/store';
import { until } from '../support/waiting';

const ONE = 100_000;
const ALL = 250_000;

let hub: TestHub;
let cpo: JoinedPlatform;
let emsp: JoinedPlatform;

beforeAll(async () => {
  hub = await startHub({
    CAPTURE_MAX_BYTES_PER_PLATFORM: String(ONE),
    CAPTURE_MAX_BYTES_TOTAL: String(ALL),
  });
  cpo = await hub.join('cpo', [party('NL*CPO', 'CPO')]);
  emsp = await hub.join('emsp', [party('DE*MSP', 'EMSP')]);
}, 60_000);
afterAll(() => hub?.close());

const at = (id: string): string => `/platforms/${id}/capture`;
const stateOf = (id: string): Promise<CaptureState> => hub.admin.ask('GET', at(id));

async function start(id: string, order: object = {}): Promise<number> {
  return (await hub.admin.send('POST', at(id), order)).httpStatus;
}

/** Bytes that captured messages really take. */
async function taken(): Promise<number> {
  const [row] = await sql<{ bytes: number }>(
    hub.settings.databaseUrl,
    'SELECT coalesce(sum(octet_length(sealed)), 0)::int AS bytes FROM captured_messages',
  );
  return row!.bytes;
}

/** Sends 20 kB at a time until the capture of the receiver is full. */
async function fill(platform: JoinedPlatform): Promise<void> {
  const way = { module: 'sessions', interfaceRole: 'RECEIVER', method: 'PUT' } as const;
  const body = `{"x":"${'z'.repeat(20_000)}"}`;
  await until(async () => {
    const answer = await cpo.call({ ...way, from: 'NL*CPO', to: 'DE*MSP', rest: '/NL/CPO/S1', body });
    expect(answer.json().status_code).toBe(1000);
    return (await stateOf(platform.id)).state === 'ended';
  }, 10_000);
}

test('one platform gets what the setting says, and nobody may ask for more', async () => {
  const more = await hub.admin.send('POST', at(emsp.id), { max_bytes: ONE + 1 });
  expect([more.httpStatus, more.json()]).toMatchObject([400, { details: [{ field: 'max_bytes' }] }]);
  expect(await start(emsp.id)).toBe(201);
  expect((await stateOf(emsp.id)).max_bytes).toBe(ONE);
  await fill(emsp);
  const { bytes } = await stateOf(emsp.id);
  expect([await taken(), bytes <= ONE]).toEqual([bytes, true]);
  expect(bytes).toBeGreaterThan(ONE / 2);
});

test('all together get no more than the other setting says, until one of them is emptied', async () => {
  const others = await Promise.all([1, 2, 3].map((n) => hub.admin.createPlatform(`other ${n}`)));
  const [first, second, third] = others.map(({ id }) => id) as [string, string, string];
  expect(await start(first)).toBe(201);
  const refused = await hub.admin.send('POST', at(second), {});
  expect([refused.httpStatus, refused.json()]).toMatchObject([409, { code: 'capture_no_room' }]);
  await hub.admin.ask('POST', `${at(emsp.id)}/erase`);
  expect([await taken(), await stateOf(emsp.id)]).toMatchObject([0, { bytes: 0, messages: 0 }]);
  expect(await start(second)).toBe(201);
  expect(await start(third)).toBe(409);
  await hub.admin.ask('DELETE', at(second));
  expect(await start(third)).toBe(201);
});

test('a capture whose time is over keeps its room for the messages that are still under way', async () => {
  const late = await hub.admin.createPlatform('late');
  await sql(
    hub.settings.databaseUrl,
    `UPDATE captures SET ended_at = NULL, ends_at = now() - interval '5 s'`,
  );
  expect(await start(late.id)).toBe(409);
  await sql(hub.settings.databaseUrl, `UPDATE captures SET ends_at = now() - interval '61 s'`);
  expect(await start(late.id)).toBe(201);
});

test('a page of long messages ends before it is too long for a process, and the next one goes on there', async () => {
  const { id } = await hub.admin.createPlatform('long');
  const { databaseUrl } = hub.settings;
  await sql(databaseUrl, 'DELETE FROM captures');
  expect(await start(id)).toBe(201);
  await sql(
    databaseUrl,
    `INSERT INTO captured_messages (id, capture_id, at, sealed)
     SELECT gen_random_uuid(), id, now(), decode(repeat('00', 1048576), 'hex')
     FROM captures, generate_series(1, 20) WHERE platform_id = $1`,
    [id],
  );
  const pages: string[][] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: { data: { id: string }[]; next_cursor: string | null } = await hub.admin.ask(
      'GET',
      `${at(id)}/messages?limit=500${cursor && `&cursor=${cursor}`}`,
    );
    pages.push(page.data.map((one) => one.id));
    cursor = page.next_cursor;
  }
  expect(pages.map(({ length }) => length)).toEqual([8, 8, 4]);
  expect(new Set(pages.flat()).size).toBe(20);
});
