import { type Courier } from '@app/hub';
import { MisbehavingParty } from '@app/testkit';
import { createCourier } from './courier';
import { LIMITS } from './limits.fixture';
import { type CourierOptions } from './options';

const couriers: Courier[] = [];
const parties: MisbehavingParty[] = [];
afterEach(async () => {
  await Promise.all(parties.splice(0).map((party) => party.close()));
  await Promise.all(couriers.splice(0).map((courier) => courier.close()));
});

function courierWith(limits: Partial<CourierOptions>): Courier {
  const courier = createCourier({ ...LIMITS, ...limits });
  couriers.push(courier);
  return courier;
}

async function party(kind: Parameters<typeof MisbehavingParty.start>[0]): Promise<MisbehavingParty> {
  const started = await MisbehavingParty.start(kind);
  parties.push(started);
  return started;
}

function ask(
  courier: Courier,
  platformId: string,
  origin: string,
  { timeoutMs = 400, callerId }: { timeoutMs?: number; callerId?: string } = {},
): Promise<string> {
  const request = {
    ...{ platformId, callerId, method: 'GET', url: `${origin}/` },
    ...{ headers: [], body: null, timeoutMs },
  };
  return courier.send(request).then(
    (answer) => `HTTP ${answer.httpStatus}`,
    (fault: { kind: string }) => fault.kind,
  );
}

function count(outcomes: string[], outcome: string): number {
  return outcomes.filter((each) => each === outcome).length;
}

test('a platform gets its connections and its queue, one request more is overloaded at once', async () => {
  const hanging = await party('hang');
  const courier = courierWith({ connectionsPerOrigin: 2, maxInFlightPerPlatform: 10, connectTimeoutMs: 100 });
  let atOnce = 0;
  const sent = Array.from({ length: 7 }, () =>
    ask(courier, 'p1', hanging.origin).finally(() => (atOnce += 1)),
  );
  await new Promise((resolve) => setTimeout(resolve, 40));
  expect(atOnce).toBe(2);
  const outcomes = await Promise.all(sent);
  expect(count(outcomes, 'answer_timeout')).toBe(2);
  expect(count(outcomes, 'overloaded')).toBe(5);
  expect(hanging.requests).toBe(2);
});

test('what there is room for at one platform is shared out: one caller leaves some to the next', async () => {
  const hanging = await party('hang');
  const courier = courierWith({ maxInFlightPerPlatform: 8 });
  const askFor = (callerId: string) =>
    Promise.all(
      Array.from({ length: 8 }, () => ask(courier, 'p1', hanging.origin, { timeoutMs: 300, callerId })),
    );
  const [one, other] = await Promise.all([askFor('c1'), askFor('c2')]);
  expect([count(one, 'answer_timeout'), count(other, 'answer_timeout')]).toEqual([4, 2]);
  expect([count(one, 'overloaded'), count(other, 'overloaded')]).toEqual([4, 6]);
  expect(count(await askFor('c2'), 'answer_timeout')).toBe(4);
});

test.each(['hang', 'slow_body'] as const)(
  'behind one that plays %s a request waits unwritten, and no longer than the connect timeout',
  async (kind) => {
    const slow = await party(kind);
    const courier = courierWith({ connectionsPerOrigin: 1, connectTimeoutMs: 100 });
    void ask(courier, 'p1', slow.origin, { timeoutMs: 1_000 });
    await new Promise((resolve) => setTimeout(resolve, 50));
    const started = performance.now();
    expect(await ask(courier, 'p1', slow.origin)).toBe('overloaded');
    expect(performance.now() - started).toBeLessThan(600);
    expect(slow.requests).toBe(1);
  },
);

test('a request that was given up while it waited is never written', async () => {
  const hanging = await party('hang');
  const courier = courierWith({ connectionsPerOrigin: 1, connectTimeoutMs: 50 });
  await Promise.all([
    ask(courier, 'p1', hanging.origin, { timeoutMs: 200 }),
    ask(courier, 'p1', hanging.origin),
  ]);
  expect(await ask(courier, 'p1', hanging.origin, { timeoutMs: 50 })).toBe('answer_timeout');
  expect(hanging.requests).toBe(2);
});

test('a platform that hangs takes nothing from another one, not even at the same origin', async () => {
  const hanging = await party('hang');
  const well = await party('empty_204');
  const courier = courierWith({ connectionsPerOrigin: 1, maxInFlightPerPlatform: 2 });
  const stuck = ask(courier, 'p1', hanging.origin);
  expect(await ask(courier, 'p1', well.origin)).toBe('overloaded');
  expect(await ask(courier, 'p2', well.origin)).toBe('HTTP 204');
  expect(await ask(courier, 'p3', hanging.origin, { timeoutMs: 50 })).toBe('answer_timeout');
  expect(await stuck).toBe('answer_timeout');
});

test('after its faults a platform is served again', async () => {
  const resetting = await party('reset_before_answer');
  const refusing = await party('refuse');
  const well = await party('empty_204');
  const courier = courierWith({ connectionsPerOrigin: 1, maxInFlightPerPlatform: 4 });
  for (const { origin } of [resetting, refusing, resetting, refusing]) await ask(courier, 'p1', origin);
  expect(await ask(courier, 'p1', well.origin)).toBe('HTTP 204');
});

test('requests that queue behind a refused connection are each told, none is forgotten', async () => {
  const refusing = await party('refuse');
  const courier = courierWith({ connectionsPerOrigin: 1, maxInFlightPerPlatform: 16 });
  const outcomes = await Promise.all(Array.from({ length: 8 }, () => ask(courier, 'p1', refusing.origin)));
  expect(count(outcomes, 'refused')).toBe(8);
});

test('the connections to an origin that is not used any more are closed', async () => {
  const well = await party('empty_204');
  const courier = courierWith({ idlePoolMs: 100 });
  await ask(courier, 'p1', well.origin);
  expect(well.open).toBe(1);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(well.open).toBe(0);
  expect(await ask(courier, 'p1', well.origin)).toBe('HTTP 204');
});

test('a platform that names ever new origins keeps no more than 32 of them open', async () => {
  const well = await Promise.all(Array.from({ length: 40 }, () => party('empty_204')));
  const courier = courierWith({});
  for (const { origin } of well) expect(await ask(courier, 'p1', origin)).toBe('HTTP 204');
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(well.filter(({ open }) => open > 0)).toHaveLength(32);
});

test('answers that are short enough one by one and too much together are overloaded, and leave their room to the next', async () => {
  const stalling = await party('stalled_body');
  const courier = courierWith({ maxAnswerBytes: 5_000_000, maxHeldBodyBytes: 20_000_000 });
  // Time enough for 32 MB to come in on a busy machine.
  const patient = { timeoutMs: 4_000 };
  const asking = Array.from({ length: 8 }, () => ask(courier, 'p1', stalling.origin, patient));
  const outcomes = await Promise.all(asking);
  expect(count(outcomes, 'overloaded')).toBeGreaterThanOrEqual(6);
  expect(count(outcomes, 'overloaded') + count(outcomes, 'answer_timeout')).toBe(8);
  for (const platformId of ['p1', 'p1', 'p2'])
    expect(await ask(courier, platformId, stalling.origin)).toBe('answer_timeout');
});
