/** A receiver that hangs costs what is set aside for one receiver, and nobody else anything. */
import { type CallAnswer } from '@app/testkit';
import { type JoinedPlatform, party } from '../support/hub';
import { expectRefusal, GET, LimitedWorld, NOTICED_WITHIN_MS, statusOf } from '../support/limits';
import { until } from '../support/waiting';

const FORWARD_TIMEOUT_MS = 3_000;
let world: LimitedWorld;
let well: JoinedPlatform;

beforeAll(async () => {
  world = await LimitedWorld.start({
    MAX_IN_FLIGHT_PER_RECEIVER: '8',
    FORWARD_TIMEOUT_MS: String(FORWARD_TIMEOUT_MS),
  });
  well = await world.hub.join('well', [party('DE*WEL', 'EMSP')]);
});
afterAll(() => world.close());

/** The receiver's room filled by one caller: four of eight, and four more that came too late. */
async function fill(): Promise<{ readonly hanging: Promise<CallAnswer>[]; readonly refused: CallAnswer[] }> {
  const { cpo, emsp } = world;
  emsp.misbehave('hang');
  const refused: CallAnswer[] = [];
  const hanging = Array.from({ length: 8 }, () => cpo.call(GET));
  for (const each of hanging) {
    void each.then((answer) => {
      if (/under way already/.test(answer.json().status_message ?? '')) refused.push(answer);
    });
  }
  await until(() => emsp.received.length === 4 && refused.length === 4, NOTICED_WITHIN_MS);
  return { hanging, refused };
}

it('is sent so many requests at a time, and the others are answered at once with 4003 and when to come again', async () => {
  const { cpo, other, emsp } = world;
  const before = await world.metric('hub_messages_refused_total{reason="receiver_overloaded"}');
  const began = performance.now();
  const { hanging, refused } = await fill();
  expect(performance.now() - began).toBeLessThan(FORWARD_TIMEOUT_MS);
  for (const answer of refused) {
    expectRefusal(answer, 200, 4003, /receiver are under way/);
    expect(answer.headers['retry-after']).toBe('1');
  }
  // The same caller to another receiver, and another caller to the same one.
  expect(statusOf(await cpo.call({ ...GET, to: 'DE*WEL' }))).toBe(1000);
  expect(well.received).toHaveLength(1);
  const fromOther = other.call(GET);
  await until(() => emsp.received.length === 5, NOTICED_WITHIN_MS);
  emsp.misbehave(null);
  expect(statusOf(await fromOther)).toBe(4002);
  expect((await Promise.all(hanging)).map(statusOf).sort()).toEqual([
    4002, 4002, 4002, 4002, 4003, 4003, 4003, 4003,
  ]);
  expect(statusOf(await cpo.call(GET))).toBe(1000);
  const after = await world.metric('hub_messages_refused_total{reason="receiver_overloaded"}');
  expect(after - before).toBe(4);
});
