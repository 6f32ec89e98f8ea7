/** The delivery worker: retries, order, receivers that are slow or away. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type AnswerProgram, type CallAnswer, success } from '@app/testkit';
import { describeOnEachQueue } from '../support/backends';
import { HUB_PARTY, type JoinedPlatform, party, startHub, type TestHub } from '../support/hub';
import { sql } from '../support/store';
import { allSettled, until } from '../support/waiting';

const FIRST_RETRY_MS = 300;
/** Platforms that register at the same moment. */
const AT_A_TIME = 5;
const CPO = party('NL*CPO', 'CPO');
const receiversOf = [{ module: 'locations', interfaceRole: 'RECEIVER' }] as const;

let hub: TestHub;
let cpo: JoinedPlatform;

async function open(env: Record<string, string>, names: readonly string[]): Promise<JoinedPlatform[]> {
  hub = await startHub({
    DELIVERY_FIRST_RETRY_MS: String(FIRST_RETRY_MS),
    FORWARD_TIMEOUT_MS: '5000',
    ...env,
  });
  await hub.addWorker();
  await hub.addWorker();
  cpo = await hub.join('cpo', [CPO]);
  const join = (name: string): Promise<JoinedPlatform> =>
    hub.join(name, [party(name, 'EMSP')], { modules: receiversOf });
  const joined: JoinedPlatform[] = [];
  for (let at = 0; at < names.length; at += AT_A_TIME)
    joined.push(...(await Promise.all(names.slice(at, at + AT_A_TIME).map(join))));
  return joined;
}

/** Pushes one object; its body says which version of it this is. */
async function push(object: string, version: number, method = 'PUT'): Promise<CallAnswer> {
  const call = { module: 'locations', interfaceRole: 'RECEIVER', method, rest: `/NL/CPO/${object}` } as const;
  const answer = await cpo.call({ ...call, body: { version }, from: CPO, to: HUB_PARTY });
  expect(answer.json().status_code).toBe(1000);
  return answer;
}

/** The versions that a receiver was sent, in their order. */
function versions({ received }: JoinedPlatform, object: string): number[] {
  return received
    .filter(({ rest }) => rest.startsWith(`/NL/CPO/${object}`))
    .map(({ body }) => (JSON.parse(body.toString()) as { version: number }).version);
}

const failing = (times: number, answer: ReturnType<AnswerProgram>): AnswerProgram => {
  let failed = 0;
  return () => (failed++ < times ? answer : undefined);
};
const status500 = { httpStatus: 500, body: '{"status_code":3000,"timestamp":"2026-01-01T00:00:00Z"}' };
const states = (): Promise<{ state: string; last_error: string | null; attempts: number }[]> =>
  sql(hub.settings.databaseUrl, 'SELECT state, last_error, attempts FROM deliveries ORDER BY sequence');

async function setStatus({ id }: JoinedPlatform, status: string): Promise<void> {
  await sql(hub.settings.databaseUrl, 'UPDATE platforms SET status = $2 WHERE id = $1', [id, status]);
  await sql(hub.settings.databaseUrl, `SELECT pg_notify('hub_changed', $1)`, [id]);
}

const named = (country: string, count: number): string[] =>
  Array.from({ length: count }, (_, n) => `${country}*${String(n).padStart(3, '0')}`);

describeOnEachQueue('one broadcast to 50 receivers', ({ redisUrl }) => {
  let receivers: JoinedPlatform[];
  beforeAll(async () => {
    receivers = await open(redisUrl ? { REDIS_URL: redisUrl } : {}, named('FR', 50));
  }, 60_000);
  afterAll(() => hub.close());

  it('reaches 30 good ones within 2 s, while five are slow, five refuse, five fail twice and five ask to wait', async () => {
    const [slow, refusing, failingTwice, waiting, good] = [0, 5, 10, 15, 20].map((from, kind) =>
      receivers.slice(from, kind === 4 ? 50 : from + 5),
    ) as [JoinedPlatform[], JoinedPlatform[], JoinedPlatform[], JoinedPlatform[], JoinedPlatform[]];
    for (const one of slow) one.answerWith(() => sleep(3_000).then(() => undefined));
    for (const one of refusing) await one.stop();
    for (const one of failingTwice) one.answerWith(failing(2, status500));
    for (const one of waiting)
      one.answerWith(failing(1, { ...status500, httpStatus: 429, headers: { 'Retry-After': '2' } }));

    const start = Date.now();
    await push('L50', 1);
    const took = (one: JoinedPlatform): number => (one.received.at(-1)?.at.getTime() ?? Infinity) - start;
    await until(() => good.every(({ received }) => received.length === 1), 2_000);
    expect(Math.max(...good.map(took))).toBeLessThan(2_000);

    await until(() => failingTwice.every(({ received }) => received.length === 3));
    for (const { received } of failingTwice) {
      const [first, second, third] = received.map(({ at }) => at.getTime()) as [number, number, number];
      expect(second - first).toBeGreaterThanOrEqual(FIRST_RETRY_MS);
      expect(third - second).toBeGreaterThanOrEqual(2 * FIRST_RETRY_MS);
      const ids = received.map(({ headers }) => headers['x-request-id']);
      expect(new Set(ids).size).toBe(3);
      expect(new Set(received.map(({ headers }) => headers['x-correlation-id'])).size).toBe(1);
    }
    await until(() => waiting.every(({ received }) => received.length === 2));
    for (const { received } of waiting)
      expect(received[1]!.at.getTime() - received[0]!.at.getTime()).toBeGreaterThanOrEqual(2_000);

    for (const one of refusing) await one.restart();
    await allSettled(hub.settings.databaseUrl, 15_000);
    for (const one of [...slow, ...refusing, ...good]) expect(versions(one, 'L50')).toEqual([1]);
    expect((await states()).every(({ state }) => state === 'delivered')).toBe(true);
  }, 40_000);
});

describeOnEachQueue('deliveries', ({ redisUrl }) => {
  let one: JoinedPlatform;
  let other: JoinedPlatform;
  beforeAll(async () => {
    [one, other] = (await open(redisUrl ? { REDIS_URL: redisUrl } : {}, ['FR*ONE', 'FR*TWO'])) as [
      JoinedPlatform,
      JoinedPlatform,
    ];
  }, 30_000);
  afterAll(() => hub.close());
  beforeEach(async () => {
    one.clear();
    other.clear();
    await sql(hub.settings.databaseUrl, 'TRUNCATE deliveries, pushes, delivery_receivers');
  });

  it('of patches of one object keep their order when the first fails, and other objects do not wait', async () => {
    one.answerWith((request) => (request.rest.endsWith('/A') ? failTwice(request) : undefined));
    const failTwice = failing(2, status500);
    for (const version of [1, 2, 3]) await push('A', version, 'PATCH');
    await push('B', 1);
    await until(() => versions(one, 'B').length === 1, 1_000);
    await allSettled(hub.settings.databaseUrl);
    expect(versions(one, 'A')).toEqual([1, 1, 1, 2, 3]);
    expect(versions(other, 'A')).toEqual([1, 2, 3]);
  });

  it('of a newer PUT replace the older ones that were not delivered yet, parts of the object included', async () => {
    one.answerWith(failing(1, { ...status500, headers: { 'Retry-After': '1' } }));
    await push('A', 1);
    await until(() => one.received.length === 1);
    await push('A/EVSE1', 2);
    await push('A', 3, 'PATCH');
    await push('A', 4);
    await push('A', 5, 'PATCH');
    await allSettled(hub.settings.databaseUrl);
    expect(versions(one, 'A')).toEqual([1, 4, 5]);
    expect(one.received[1]!.at.getTime() - one.received[0]!.at.getTime()).toBeGreaterThanOrEqual(1_000);
    expect(versions(other, 'A').at(-1)).toBe(5);
    expect((await states()).map(({ state }) => state)).toContain('replaced');
  });

  it('of one object never run in parallel at one receiver, and the newest state comes last', async () => {
    let running = 0;
    let most = 0;
    one.answerWith(async () => {
      most = Math.max(most, ++running);
      await sleep(30);
      running--;
      return undefined;
    });
    for (let version = 1; version <= 30; version++) await push('A', version);
    await allSettled(hub.settings.databaseUrl);
    const arrived = versions(one, 'A');
    expect(most).toBe(1);
    expect(arrived).toEqual([...arrived].sort((a, b) => a - b));
    expect(arrived.at(-1)).toBe(30);
  });

  it('to a receiver that is OFFLINE wait without attempts and go, newest state only, when it is back', async () => {
    await setStatus(one, 'OFFLINE');
    for (const version of [1, 2, 3]) await push('A', version);
    await until(() => versions(other, 'A').includes(3));
    await sleep(300);
    expect(one.received).toEqual([]);
    await setStatus(one, 'CONNECTED');
    await allSettled(hub.settings.databaseUrl);
    expect(versions(one, 'A')).toEqual([3]);
    const attempts = (await states()).filter(({ state }) => state === 'delivered').map((leg) => leg.attempts);
    expect(attempts.every((count) => count === 1)).toBe(true);
  });

  it('that a receiver refuses for what is in them are dead at once', async () => {
    one.answerWith(() => ({ httpStatus: 400, body: success() }));
    other.answerWith(() => ({ body: '{"status_code":2001,"timestamp":"2026-01-01T00:00:00Z"}' }));
    await push('A', 1);
    await allSettled(hub.settings.databaseUrl, 2_000);
    expect((await states()).map(({ state, last_error }) => [state, last_error]).sort()).toEqual([
      ['dead', 'http_400'],
      ['dead', 'ocpi_2001'],
    ]);
    expect([one.received.length, other.received.length]).toEqual([1, 1]);
  });

  it('are nothing that a slow receiver holds up, neither to others nor direct messages', async () => {
    one.answerWith(() => sleep(1_500).then(() => undefined));
    for (let n = 0; n < 30; n++) await push(`S${n}`, 1);
    const start = performance.now();
    const direct = {
      module: 'locations',
      interfaceRole: 'RECEIVER',
      method: 'GET',
      rest: '/NL/CPO/X',
    } as const;
    await cpo.call({ ...direct, from: CPO, to: 'FR*TWO' });
    expect(performance.now() - start).toBeLessThan(1_500);
    await until(() => other.received.filter(({ method }) => method === 'PUT').length === 30, 2_000);
    await allSettled(hub.settings.databaseUrl, 15_000);
  }, 30_000);
});

describeOnEachQueue('deliveries over their age', ({ redisUrl }) => {
  let one: JoinedPlatform;
  beforeAll(async () => {
    const age = { DELIVERY_MAX_AGE_SECONDS: '2' };
    [one] = (await open(redisUrl ? { REDIS_URL: redisUrl, ...age } : age, ['FR*ONE'])) as [JoinedPlatform];
  }, 30_000);
  afterAll(() => hub.close());
  beforeEach(async () => {
    one.clear();
    await sql(hub.settings.databaseUrl, 'TRUNCATE deliveries, pushes, delivery_receivers');
  });

  it('are dead, and say why', async () => {
    one.answerWith(() => ({ ...status500, httpStatus: 503 }));
    await push('A', 1);
    await allSettled(hub.settings.databaseUrl);
    expect(await states()).toMatchObject([{ state: 'dead', last_error: 'http_503' }]);
    expect(one.received.length).toBeGreaterThanOrEqual(2);
  });

  it('are expired when the receiver was OFFLINE, which is then in need of a resync', async () => {
    await setStatus(one, 'OFFLINE');
    await push('A', 1);
    await allSettled(hub.settings.databaseUrl);
    await setStatus(one, 'CONNECTED');
    expect(await states()).toEqual([{ state: 'expired', last_error: 'receiver_offline', attempts: 0 }]);
    const receivers = await sql(hub.settings.databaseUrl, 'SELECT * FROM delivery_receivers');
    expect(receivers).toMatchObject([{ platform_id: one.id, resync_since: expect.any(Date) as Date }]);
    expect(one.received).toEqual([]);
  });
});
