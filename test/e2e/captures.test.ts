/** Payload captures: what the operator sees of one platform's messages, for how long, and what it costs the others. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { AdminClient, type CallAnswer, success } from '@app/testkit';
import { type Captured, type CaptureState } from '../support/captures';
import { HUB_PARTY, type JoinedPlatform, party, startHub, type TestHub } from '../support/hub';
import { sql } from '../support/store';
import { allSettled, until } from '../support/waiting';

/** Twice the time for which messages are gathered, and then some. */
const WRITTEN_WITHIN_MS = 600;

let hub: TestHub;
let cpo: JoinedPlatform;
let emsp: JoinedPlatform;

beforeAll(async () => {
  hub = await startHub({ DELIVERY_FIRST_RETRY_MS: '100', CAPTURE_KEEP_SECONDS: '3600' });
  await hub.addWorker();
  cpo = await hub.join('cpo', [party('NL*CPO', 'CPO')]);
  emsp = await hub.join('emsp', [party('DE*MSP', 'EMSP')]);
}, 60_000);
afterAll(() => hub?.close());
afterEach(async () => {
  for (const { id } of [cpo, emsp]) await hub.admin.send('DELETE', `/platforms/${id}/capture`);
  await until(async () => (await running()) === 0);
  for (const platform of [cpo, emsp]) platform.clear();
});

const at = ({ id }: JoinedPlatform): string => `/platforms/${id}/capture`;
const stateOf = (platform: JoinedPlatform): Promise<CaptureState> => hub.admin.ask('GET', at(platform));

async function running(): Promise<number> {
  const [row] = await sql<{ n: number }>(
    hub.settings.databaseUrl,
    'SELECT count(*)::int AS n FROM captures WHERE ended_at IS NULL AND ends_at > now()',
  );
  return row!.n;
}

/** Starts a capture and waits until the router has heard of it, which a second is enough for. */
async function capture(platform: JoinedPlatform, order: object = {}): Promise<void> {
  await hub.admin.ask('POST', at(platform), order);
  const probe = (): Promise<CallAnswer> => put('/NL/CPO/probe');
  await until(async () => {
    await probe();
    return (await stateOf(platform)).messages > 0;
  }, 3_000);
  await hub.admin.ask('POST', `${at(platform)}/erase`);
}

/** What was captured, once there are so many messages. */
async function captured(platform: JoinedPlatform, count: number): Promise<readonly Captured[]> {
  let seen: readonly Captured[] = [];
  const look = async (): Promise<boolean> => {
    const { data } = await hub.admin.ask<{ data: Captured[] }>('GET', `${at(platform)}/messages`);
    seen = data.filter(({ url }) => !url.includes('probe'));
    return seen.length >= count;
  };
  await until(look, 5_000, () => seen);
  return seen;
}

function put(rest: string, body: unknown = '{"kwh": 1.00}', more: object = {}): Promise<CallAnswer> {
  const way = { module: 'sessions', interfaceRole: 'RECEIVER', method: 'PUT' } as const;
  return cpo.call({ ...way, from: 'NL*CPO', to: 'DE*MSP', rest, body, ...more });
}

test('nothing is captured until somebody asks for it', async () => {
  await put('/NL/CPO/S0');
  expect((await hub.admin.send('GET', at(emsp))).httpStatus).toBe(404);
  expect(await sql(hub.settings.databaseUrl, 'SELECT id FROM captured_messages')).toEqual([]);
});

test('a direct message is captured as its sender sent it and as its receiver got it', async () => {
  await capture(cpo);
  await capture(emsp);
  emsp.answerWith(() => ({ httpStatus: 201, body: success('{"of": "the receiver"}') }));
  const answer = await put('/NL/CPO/S1?x=%zz');
  const [sent] = await captured(cpo, 1);
  const [received] = await captured(emsp, 1);
  expect(sent).toMatchObject({ direction: 'sent', method: 'PUT', http_status: 201, error: null });
  expect(sent!.url).toBe('/ocpi/2.2.1/receiver/sessions/NL/CPO/S1?x=%zz');
  expect(sent!.request).toMatchObject({ body: '{"kwh": 1.00}', body_bytes: 13, body_truncated: false });
  expect(sent!.request.headers).toMatchObject({
    ...{ 'ocpi-from-party-id': 'CPO', 'ocpi-to-party-id': 'MSP', 'x-request-id': answer.requestId },
  });
  expect(sent!.answer!.body).toBe(answer.body.toString());
  expect(received).toMatchObject({ direction: 'received', method: 'PUT', http_status: 201, error: null });
  expect(received!.url).toBe(`${emsp.endpoint('sessions', 'RECEIVER')}/NL/CPO/S1?x=%zz`);
  expect(received!.request.headers['x-request-id']).toBe(emsp.received.at(-1)!.headers['x-request-id']);
  expect(received!.request.body).toBe('{"kwh": 1.00}');
  expect(received!.answer!.body).toContain('of": "the receiver');
});

test('what the hub refused, and what a receiver answered that is no OCPI, is captured as it was', async () => {
  await capture(emsp);
  emsp.misbehave('html');
  await put('/NL/CPO/S2');
  emsp.misbehave('reset_before_answer');
  await put('/NL/CPO/S3');
  emsp.misbehave(null);
  await emsp.call({
    ...{ module: 'commands', interfaceRole: 'RECEIVER', method: 'POST', from: 'DE*MSP', to: 'NL*NIX' },
    ...{ rest: '/STOP_SESSION', body: { session_id: 'S' } },
  });
  const [html, reset, refused] = await captured(emsp, 3);
  expect(html).toMatchObject({ direction: 'received', http_status: 200, error: null });
  expect(html!.answer!.body).toContain('<h1>');
  expect(reset).toMatchObject({ direction: 'received', http_status: null, error: 'reset', answer: null });
  expect(refused).toMatchObject({ direction: 'sent', http_status: 200, error: 'receiver_unknown' });
  expect(refused!.answer!.body).toContain('4001');
});

test('callbacks, broadcasts and each attempt to deliver them are captured, too', async () => {
  await capture(emsp);
  const body = { response_url: `${emsp.endpoint('commands', 'SENDER')}/r/1` };
  await emsp.call({
    ...{ module: 'commands', interfaceRole: 'RECEIVER', method: 'POST', from: 'DE*MSP', to: 'NL*CPO' },
    ...{ rest: '/START_SESSION', body },
  });
  const { response_url } = JSON.parse(String(cpo.received.at(-1)!.body)) as { response_url: string };
  await cpo.follow(response_url, 'POST', { body: { result: 'ACCEPTED' } });
  let refusals = 1;
  emsp.answerWith(({ module }) =>
    module === 'locations' && refusals-- > 0 ? { httpStatus: 503, body: 'busy' } : undefined,
  );
  await cpo.call({
    ...{ module: 'locations', interfaceRole: 'RECEIVER', method: 'PUT', from: 'NL*CPO', to: HUB_PARTY },
    ...{ rest: '/NL/CPO/L1', body: { id: 'L1', name: 'of a broadcast' } },
  });
  await allSettled(hub.settings.databaseUrl);
  const [command, result, busy, delivered] = await captured(emsp, 4);
  expect(command).toMatchObject({ direction: 'sent', http_status: 200 });
  expect(JSON.parse(command!.request.body!)).toEqual(body);
  expect(result).toMatchObject({ direction: 'received', url: body.response_url, http_status: 200 });
  expect(result!.request.body).toBe('{"result":"ACCEPTED"}');
  expect([busy, delivered]).toMatchObject([{ http_status: 503 }, { http_status: 200 }]);
  expect(busy!.answer!.body).toBe('busy');
  expect(delivered!.request.body).toContain('of a broadcast');
});

test('handshakes, Authorization and repeated tokens are never captured, and the database holds no clear text', async () => {
  await capture(emsp);
  await emsp.update();
  const token = emsp.tokens.current;
  const encoded = Buffer.from(token).toString('base64');
  emsp.answerWith(({ headers }) => ({
    httpStatus: 500,
    body: `you sent ${headers.authorization}, ${token}`,
  }));
  await put('/NL/CPO/S4', '{"x":"in the clear"}');
  const [echo, ...more] = await captured(emsp, 1);
  expect(more).toEqual([]);
  expect(echo!.answer!.body).toBe(
    `you sent Token ${'*'.repeat(encoded.length)}, ${'*'.repeat(token.length)}`,
  );
  const shown = JSON.stringify(await captured(emsp, 1));
  for (const secret of [token, encoded, cpo.hub.token!, emsp.hub.token!]) expect(shown).not.toContain(secret);
  const rows = await sql(
    hub.settings.databaseUrl,
    "SELECT encode(sealed, 'escape') AS text FROM captured_messages",
  );
  expect(rows.length).toBeGreaterThan(0);
  expect(JSON.stringify(rows)).not.toMatch(/in the clear|sessions|OCPI/i);
});

test('of a long body the beginning is kept, and an encoded one is shown decoded', async () => {
  await capture(emsp, { max_payload_bytes: 256 });
  await put('/NL/CPO/S5', `{"x":"${'y'.repeat(5_000)}"}`);
  const gzipped = gzipSync('{"kwh": 2.00}');
  await put('/NL/CPO/S6', gzipped, { headers: { 'Content-Encoding': 'gzip' } });
  const [long, encoded] = await captured(emsp, 2);
  expect(long!.request).toMatchObject({ body_bytes: 5_008, body_truncated: true });
  expect(long!.request.body).toBe(`{"x":"${'y'.repeat(250)}`);
  expect(encoded!.request).toMatchObject({ body: '{"kwh": 2.00}', body_bytes: gzipped.length });
  expect(emsp.received.at(-1)!.body.equals(gzipped)).toBe(true);
});

test('it ends by itself when its time is over', async () => {
  await hub.admin.ask('POST', at(emsp), { duration_seconds: 1 });
  await until(async () => (await stateOf(emsp)).state === 'ended', 3_000);
  const { messages, dropped } = await stateOf(emsp);
  await put('/NL/CPO/S7');
  await sleep(WRITTEN_WITHIN_MS);
  expect(await stateOf(emsp)).toMatchObject({ messages, dropped });
});

test('it ends by itself when it is full, while every message is answered as usual', async () => {
  await capture(emsp, { max_bytes: 65_536 });
  const body = `{"x":"${'z'.repeat(20_000)}"}`;
  for (let n = 0; n < 12; n++) expect((await put(`/NL/CPO/F${n}`, body)).json().status_code).toBe(1000);
  await until(async () => (await stateOf(emsp)).state === 'ended');
  await until(async () => (await stateOf(emsp)).dropped > 0);
  const { bytes, max_bytes } = await stateOf(emsp);
  expect(bytes).toBeLessThanOrEqual(max_bytes);
});

test('every router captures within a second', async () => {
  const other = await hub.addRouter();
  await hub.admin.ask('POST', at(cpo), {});
  await sleep(1_000);
  const { origin } = new URL(other.versionsUrl);
  const url = `${origin}/ocpi/2.2.1/receiver/sessions/NL/CPO/S9`;
  const to = { 'OCPI-to-country-code': 'DE', 'OCPI-to-party-id': 'MSP' };
  const from = { 'OCPI-from-country-code': 'NL', 'OCPI-from-party-id': 'CPO' };
  expect((await cpo.follow(url, 'PUT', { body: {}, headers: { ...from, ...to } })).json().status_code).toBe(
    1000,
  );
  await put('/NL/CPO/S10');
  expect((await captured(cpo, 2)).map((one) => one.url.slice(-3))).toEqual(['/S9', 'S10']);
});

test('one runs at a time', async () => {
  await hub.admin.ask('POST', at(emsp), {});
  const second = await hub.admin.send('POST', at(emsp), {});
  expect([second.httpStatus, second.json()]).toMatchObject([409, { code: 'capture_running' }]);
});

test('who captured what is in the audit log, and no payload is', async () => {
  await capture(emsp);
  await put('/NL/CPO/A1', '{"x":"not for the audit log"}');
  await captured(emsp, 1);
  await hub.admin.ask('POST', `${at(emsp)}/erase`);
  await hub.admin.ask('DELETE', at(emsp));
  const target = `platforms/${emsp.id}/capture`;
  const { data } = await hub.admin.ask<{ data: object[] }>(
    'GET',
    `/audit?target=${target}&outcome=changed&limit=3`,
  );
  expect(data).toMatchObject(
    ['stopCapture', 'eraseCapture', 'eraseCapture'].map((action) => ({ action, target, outcome: 'changed' })),
  );
  const rows = await sql(
    hub.settings.databaseUrl,
    'SELECT audit::text AS text FROM audit_entries audit UNION ALL SELECT o::text FROM audit_outcomes o',
  );
  expect(JSON.stringify(rows)).toContain('startCapture');
  expect(JSON.stringify(rows)).not.toContain('not for the audit log');
});

test('a viewer may see that there is a capture, and not what it captured', async () => {
  await capture(emsp);
  const { key } = await hub.admin.ask<{ key: string }>('POST', '/api-keys', { name: 'V', role: 'viewer' });
  const viewer = new AdminClient(hub.admin.url, key);
  expect((await viewer.send('GET', at(emsp))).httpStatus).toBe(200);
  expect((await viewer.send('GET', `${at(emsp)}/messages`)).httpStatus).toBe(403);
});

test('bad input, unknown platforms and platforms without one are refused by name', async () => {
  for (const [order, field] of [
    [{ duration_seconds: 0 }, 'duration_seconds'],
    [{ duration_seconds: 86_401 }, 'duration_seconds'],
    [{ max_bytes: 1 }, 'max_bytes'],
    [{ max_payload_bytes: 1e9 }, 'max_payload_bytes'],
    [{ minutes: 5 }, 'minutes'],
  ] as const) {
    const answer = await hub.admin.send('POST', at(emsp), order);
    expect([answer.httpStatus, answer.json()]).toMatchObject([400, { details: [{ field }] }]);
  }
  const nobody = `/platforms/${randomUUID()}/capture`;
  for (const [method, path] of [
    ['POST', nobody],
    ['GET', nobody],
    ['DELETE', nobody],
    ['GET', `${nobody}/messages`],
    ['POST', `${nobody}/erase`],
  ] as const) {
    const answer = await hub.admin.send(method, path, path === nobody && method === 'POST' ? {} : undefined);
    expect([answer.httpStatus, answer.json()]).toMatchObject([404, { code: 'not_found' }]);
  }
});

test('what was captured is shown page by page, and gone when it is deleted', async () => {
  await capture(emsp);
  for (const n of [1, 2, 3]) await put(`/NL/CPO/P${n}`);
  await captured(emsp, 3);
  await hub.admin.ask('DELETE', at(emsp));
  const urls: string[] = [];
  let cursor: string | null = '';
  do {
    const page: { data: Captured[]; next_cursor: string | null } = await hub.admin.ask(
      'GET',
      `${at(emsp)}/messages?limit=2${cursor && `&cursor=${cursor}`}`,
    );
    urls.push(...page.data.map(({ url }) => url.split('/').at(-1)!));
    cursor = page.next_cursor;
  } while (cursor !== null);
  expect(urls.filter((url) => url.startsWith('P'))).toEqual(['P1', 'P2', 'P3']);
  await hub.admin.ask('POST', `${at(emsp)}/erase`);
  expect(await captured(emsp, 0)).toEqual([]);
});
