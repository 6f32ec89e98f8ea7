/** How a caller may treat a connection: how many, how slow, and how much in one head. */
import { sendCall } from '@app/testkit';
import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type JoinedPlatform } from '../support/hub';
import {
  authorized,
  CLIENT_TIMEOUT_MS,
  counted,
  expectRefusal,
  GET,
  head,
  LimitedWorld,
  NOTICED_WITHIN_MS,
  statusOf,
} from '../support/limits';
import { type RawConnection } from '../support/raw-http';
import { until } from '../support/waiting';

let world: LimitedWorld;

describe('connections', () => {
  afterEach(() => world.close());

  it('of one platform beyond its limit are closed with 429, and another platform may connect', async () => {
    world = await LimitedWorld.start({ MAX_CONNECTIONS_PER_PLATFORM: '3' });
    const { cpo, other } = world;
    const url = `/ocpi/versions`;
    const ask = (who: JoinedPlatform): RawConnection => {
      const made = world.connection();
      made.send(head('GET', url, authorized(who), 'X-Request-ID: r-2', 'X-Correlation-ID: c-2'));
      return made;
    };
    const mine = [ask(cpo), ask(cpo), ask(cpo), ask(cpo), ask(cpo)];
    await until(() => mine.every((each) => each.answer()), NOTICED_WITHIN_MS);
    const refused = mine.filter((each) => each.answer()?.status === 429);
    expect(refused.length).toBeGreaterThanOrEqual(2);
    await until(() => refused.every((each) => each.isClosed), NOTICED_WITHIN_MS);
    expect(refused[0]?.answer()).toMatchObject({
      headers: { 'x-request-id': 'r-2', 'x-correlation-id': 'c-2', 'retry-after': '1', connection: 'close' },
    });
    const theirs = ask(other);
    await until(() => theirs.answer() !== undefined, NOTICED_WITHIN_MS);
    expect(theirs.answer()?.status).toBe(200);
    // A connection that ended makes room.
    mine.find((each) => each.answer()?.status === 200)?.close();
    await until(async () => {
      const again = ask(cpo);
      await until(() => again.answer() !== undefined, NOTICED_WITHIN_MS);
      return again.answer()?.status === 200;
    }, NOTICED_WITHIN_MS);
  });

  it('on which two platforms speak are those of a proxy and count for neither', async () => {
    world = await LimitedWorld.start({ MAX_CONNECTIONS_PER_PLATFORM: '1' });
    const { hub, cpo, other, emsp } = world;
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const through = (who: JoinedPlatform): Promise<number> =>
      sendCall({ method: 'GET', url: hub.versionsUrl, token: who.hub.token, agent }).then(statusOf);
    for (let n = 0; n < 3; n++) {
      await through(emsp);
      await through(other);
    }
    agent.destroy();
    expect(statusOf(await cpo.call(GET))).toBe(1000);
  });

  it('that show no token are closed when they are too many, the oldest first', async () => {
    world = await LimitedWorld.start({ MAX_CONNECTIONS: '16' });
    const { cpo } = world;
    const silent = Array.from({ length: 6 }, () => world.connection());
    await until(
      () =>
        counted(
          silent.map((each) => Number(each.isClosed)),
          1,
        ) === 2,
      NOTICED_WITHIN_MS,
    );
    expect(silent.slice(0, 2).every((each) => each.isClosed)).toBe(true);
    expect(statusOf(await cpo.call(GET))).toBe(1000);
  });
});

describe('a slow caller', () => {
  beforeAll(async () => {
    world = await LimitedWorld.start({ MAX_BODY_BYTES: '8388608' });
  });
  afterEach(() => world.emsp.clear());
  afterAll(() => world.close());

  it.each([
    ['says nothing', ''],
    ['does not end its head', 'GET /ocpi/versions HTTP/1.1\r\nHost: hub\r\nX-'],
  ])('that %s is answered 408 and cut off', async (_, text) => {
    const slow = world.connection();
    slow.send(text);
    const trickle = setInterval(() => text && slow.send('a'), 50);
    await until(() => slow.isClosed, NOTICED_WITHIN_MS);
    clearInterval(trickle);
    expect(slow.answer()?.status).toBe(408);
    expect(JSON.parse(slow.answer()!.body)).toMatchObject({ status_code: 2000 });
  });

  it('that sends its body byte by byte is answered 408 and cut off', async () => {
    const { cpo, emsp } = world;
    const slow = world.connection();
    slow.send(
      head('PUT', '/ocpi/2.2.1/receiver/sessions/NL/CPO/S1', authorized(cpo), 'Content-Length: 100000'),
    );
    const trickle = setInterval(() => slow.send('a'), 50);
    await until(() => slow.isClosed, NOTICED_WITHIN_MS);
    clearInterval(trickle);
    expect(slow.answer()?.status).toBe(408);
    expect(emsp.received).toHaveLength(0);
  });

  it('that does not take its answer loses its connection', async () => {
    const { cpo, emsp } = world;
    const data = JSON.stringify('x'.repeat(8_000_000));
    const body = `{"data":${data},"status_code":1000,"timestamp":"2026-01-15T10:30:00Z"}`;
    emsp.answerWith(() => ({ body }));
    const slow = world.connection();
    slow.stopReading();
    slow.send(
      head(
        'GET',
        '/ocpi/2.2.1/sender/tokens',
        authorized(cpo),
        'OCPI-to-country-code: DE',
        'OCPI-to-party-id: MSP',
      ),
    );
    await until(() => emsp.received.length === 1, NOTICED_WITHIN_MS);
    await sleep(CLIENT_TIMEOUT_MS + 1_000);
    slow.goOnReading();
    await until(() => slow.isClosed, NOTICED_WITHIN_MS);
    expect(slow.answer()!.body.length).toBeLessThan(body.length);
    expect((await cpo.call(GET)).body).toHaveLength(body.length);
  });
});

describe('a request of extravagant form', () => {
  beforeAll(async () => {
    world = await LimitedWorld.start({});
  });
  afterEach(() => world.emsp.clear());
  afterAll(() => world.close());

  it('(a URL of more than 4 kB) is HTTP 414', async () => {
    const { cpo } = world;
    expectRefusal(await cpo.call({ ...GET, query: 'a'.repeat(5_000) }), 414, 2000, /URL/);
  });

  it('(more than a hundred header lines) is HTTP 431', async () => {
    const { cpo, emsp } = world;
    const headers = Object.fromEntries(Array.from({ length: 101 }, (_, n) => [`X-${n}`, '1']));
    expectRefusal(await cpo.call({ ...GET, headers }), 431, 2000, /headers/);
    expect(emsp.received).toHaveLength(0);
  });

  it('(a head of more than 16 kB) is HTTP 431', async () => {
    const { cpo } = world;
    const answer = await cpo.call({ ...GET, headers: { 'X-Long': 'a'.repeat(20_000) } });
    expect([answer.httpStatus, answer.json().status_code]).toEqual([431, 2000]);
  });
});
