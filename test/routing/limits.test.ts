/** How much a caller may ask of the hub. What is too much is refused in form, and costs nobody else anything. */
import { type CallAnswer } from '@app/testkit';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type JoinedPlatform, party } from '../support/hub';
import {
  authorized,
  counted,
  expectRefusal,
  GET,
  head,
  LimitedWorld,
  NOTICED_WITHIN_MS,
  PUT,
  statusOf,
} from '../support/limits';
import { until } from '../support/waiting';

let world: LimitedWorld;

describe('requests a second of one platform', () => {
  afterEach(() => world.close());

  it('are refused beyond rate and burst with 429, and another platform does not notice', async () => {
    world = await LimitedWorld.start({ REQUESTS_PER_SECOND_PER_PLATFORM: '10' });
    const { cpo, other, emsp } = world;
    const before = await world.metric('hub_requests_refused_total{reason="too_many_requests"}');
    const began = performance.now();
    const answers = await Promise.all(Array.from({ length: 60 }, () => cpo.call(PUT)));
    const seconds = (performance.now() - began) / 1_000;
    const statuses = answers.map(statusOf);
    // Three requests were the registration's.
    expect(counted(statuses, 1000)).toBeGreaterThanOrEqual(16);
    expect(counted(statuses, 1000)).toBeLessThanOrEqual(20 + Math.ceil(10 * seconds));
    expect(counted(statuses, 1000) + counted(statuses, 429)).toBe(60);
    expect(emsp.received).toHaveLength(counted(statuses, 1000));
    expectRefusal(
      answers.find(({ httpStatus }) => httpStatus === 429)!,
      429,
      2000,
      /requests per second/,
    );
    expect(statusOf(await other.call(GET))).toBe(1000);
    const refused = await world.metric('hub_requests_refused_total{reason="too_many_requests"}');
    expect(refused - before).toBe(counted(statuses, 429));
  });

  it('are served again after the time that Retry-After names, configuration modules alike', async () => {
    world = await LimitedWorld.start({ REQUESTS_PER_SECOND_PER_PLATFORM: '10' });
    const { hub, cpo } = world;
    const answers = await Promise.all(Array.from({ length: 60 }, () => cpo.follow(hub.versionsUrl)));
    const refused = answers.find(({ httpStatus }) => httpStatus === 429)!;
    expectRefusal(refused, 429, 2000, /requests per second/);
    await sleep(Number(refused.headers['retry-after']) * 1_000);
    expect((await cpo.follow(hub.versionsUrl)).httpStatus).toBe(200);
  });
});

describe('requests without a known token', () => {
  afterEach(() => world.close());

  it('are refused with 429 beyond what one address may send, and platforms at that address are served', async () => {
    world = await LimitedWorld.start({ STRANGER_REQUESTS_PER_SECOND_PER_ADDRESS: '5' });
    const { hub, cpo } = world;
    const headers = { Authorization: 'Token bm9ib2R5' };
    const answers = await Promise.all(Array.from({ length: 30 }, () => cpo.call({ ...PUT, headers })));
    const statuses = answers.map(statusOf);
    // A platform that has just been made is a stranger to the router, and the first requests were theirs.
    expect(counted(statuses, 401)).toBeGreaterThanOrEqual(6);
    expect(counted(statuses, 429)).toBeGreaterThanOrEqual(10);
    expect(counted(statuses, 401) + counted(statuses, 429)).toBe(30);
    expectRefusal(
      answers.find(({ httpStatus }) => httpStatus === 401)!,
      401,
      2000,
      /Authorization/,
    );
    expectRefusal(
      answers.find(({ httpStatus }) => httpStatus === 429)!,
      429,
      2000,
      /without a known/,
    );
    expect(statusOf(await cpo.call(PUT))).toBe(1000);
    expect((await fetch(hub.versionsUrl.replace('ocpi/versions', 'health/live'))).status).toBe(200);
  });

  it('count for the address that a trusted proxy names, and for nothing that an untrusted one says', async () => {
    const forwarded = async (client: string): Promise<number> => {
      const headers = { Authorization: 'Token bm9ib2R5', 'X-Forwarded-For': client };
      return statusOf(await world.cpo.call({ ...PUT, headers }));
    };
    const limit = { STRANGER_REQUESTS_PER_SECOND_PER_ADDRESS: '5' };
    world = await LimitedWorld.start({ ...limit, TRUSTED_PROXIES: '127.0.0.0/8,::1' });
    const flood = await Promise.all(Array.from({ length: 30 }, () => forwarded('203.0.113.1')));
    expect(counted(flood, 429)).toBeGreaterThanOrEqual(10);
    expect(await forwarded('203.0.113.2')).toBe(401);
    await world.close();

    world = await LimitedWorld.start(limit);
    const claimed = await Promise.all(Array.from({ length: 30 }, (_, n) => forwarded(`203.0.113.${n}`)));
    expect(counted(claimed, 429)).toBeGreaterThanOrEqual(10);
  });

  it('are answered before their body came, and on a connection that ends', async () => {
    world = await LimitedWorld.start({});
    const { hub } = world;
    const stranger = world.connection();
    const lines = ['Authorization: Token bm9ib2R5', 'Content-Length: 1000000', 'X-Request-ID: r-1'];
    stranger.send(head('PUT', '/ocpi/2.2.1/receiver/sessions/NL/CPO/S1', ...lines));
    await until(() => stranger.isClosed, NOTICED_WITHIN_MS);
    expect(stranger.answer()).toMatchObject({ status: 401, headers: { 'x-request-id': 'r-1' } });
    await until(async () => {
      const { data } = await hub.admin.messages({ status_code: '2000' });
      return data.some(({ request_id, error }) => request_id === 'r-1' && error === 'unauthorized');
    }, NOTICED_WITHIN_MS);
  });
});

describe('requests in flight', () => {
  afterEach(() => world.close());

  it('are shared out: one caller has half, the next the half of the rest, and 503 says that nothing is left', async () => {
    world = await LimitedWorld.start({ MAX_IN_FLIGHT: '7', FORWARD_TIMEOUT_MS: '3000' });
    const { hub, cpo, other, emsp } = world;
    const third = await hub.join('third', [party('BE*CPO', 'CPO')]);
    const fourth = await hub.join('fourth', [party('LU*CPO', 'CPO')]);
    emsp.misbehave('hang');
    const hanging: Promise<CallAnswer>[] = [];
    const fill = async (who: JoinedPlatform, most: number): Promise<void> => {
      const before = emsp.received.length;
      for (let n = 0; n < most; n++) hanging.push(who.call({ ...GET, rest: `/${randomUUID()}` }));
      await until(() => emsp.received.length === before + most, NOTICED_WITHIN_MS);
    };
    await fill(cpo, 3);
    expectRefusal(await cpo.call(GET), 429, 2000, /under way/);
    await fill(other, 2);
    expectRefusal(await other.call(GET), 429, 2000, /under way/);
    await fill(third, 1);
    expectRefusal(await fourth.call(GET), 503, 4000, /as much to do/);
    expect((await Promise.all(hanging)).map(statusOf)).toEqual(hanging.map(() => 4002));
    emsp.misbehave(null);
    expect(statusOf(await fourth.call(GET))).toBe(1000);
  });

  it('hold no more bytes of bodies than there is room for', async () => {
    world = await LimitedWorld.start({ MAX_BODY_BYTES: '262144', MAX_HELD_BODY_BYTES: '1048576' });
    const { cpo, other } = world;
    const declared = 'Content-Length: 262144';
    for (let n = 0; n < 2; n++) {
      world
        .connection()
        .send(head('PUT', '/ocpi/2.2.1/receiver/sessions/NL/CPO/S1', authorized(cpo), declared));
    }
    const large = { ...PUT, body: JSON.stringify({ id: 'x'.repeat(200_000) }) };
    let answer = await cpo.call(large);
    for (let tries = 0; tries < 100 && answer.httpStatus === 200; tries++) answer = await cpo.call(large);
    expectRefusal(answer, 429, 2000, /under way/);
    expect(statusOf(await other.call({ ...PUT, rest: '/FR/CPO/S1' }))).toBe(1000);
    // The two slow ones are cut off, and what they held is free.
    await until(async () => statusOf(await cpo.call(large)) === 1000, NOTICED_WITHIN_MS);
  });

  it('hold no more of bodies whose length nobody said', async () => {
    world = await LimitedWorld.start({
      MAX_BODY_BYTES: '262144',
      MAX_HELD_BODY_BYTES: '1048576',
      CLIENT_TIMEOUT_MS: '5000',
    });
    const { cpo, other } = world;
    const chunk = `20000\r\n${'x'.repeat(0x20000)}\r\n`;
    const chunked = Array.from({ length: 5 }, () => world.connection());
    for (const each of chunked) {
      const lines = [authorized(cpo), 'Transfer-Encoding: chunked', 'X-Request-ID: r-3'];
      each.send(head('PUT', '/ocpi/2.2.1/receiver/sessions/NL/CPO/S1', ...lines) + chunk);
    }
    await until(() => chunked.some((each) => each.answer()), NOTICED_WITHIN_MS);
    const refused = chunked.find((each) => each.answer())?.answer();
    expect(refused).toMatchObject({ status: 503, headers: { 'x-request-id': 'r-3', 'retry-after': '1' } });
    const whole = world.connection();
    whole.send(
      head('PUT', '/ocpi/2.2.1/receiver/sessions/NL/CPO/S1', authorized(other), 'Transfer-Encoding: chunked'),
    );
    whole.send('b\r\n{"id":"S1"}\r\n0\r\n\r\n');
    await until(() => whole.answer() !== undefined, NOTICED_WITHIN_MS);
    expect(whole.answer()?.status).toBe(200);
  });
});
