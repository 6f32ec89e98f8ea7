/** PostgreSQL stops, or hangs: forwarding goes on at its usual pace, and the log catches up or counts what it lost. */
import { party, type JoinedPlatform, startHub, type TestHub } from '../support/hub';
import { type RunningApp } from '@app/runtime';
import { TcpGate } from '@app/testkit';
import { until } from '../support/waiting';

/** A message takes a few ms, on a loaded machine some hundred; what waits for a database that hangs takes 5 s and more. */
const PROMPT_MS = 2_000;
const MESSAGES = 200;

let hub: TestHub;
let gate: TcpGate;
let gated: RunningApp & { readonly versionsUrl: string };
let cpo: JoinedPlatform;
let emsp: JoinedPlatform;

beforeAll(async () => {
  hub = await startHub();
  gate = await TcpGate.before(hub.settings.databaseUrl);
  gated = await hub.addRouter({ DATABASE_URL: gate.url });
  cpo = await hub.join('cpo', [party('NL*CPO', 'CPO')]);
  emsp = await hub.join('emsp', [party('DE*MSP', 'EMSP')]);
  // The other router hears of the registrations a moment later.
  await until(async () => (await put()).json().status_code === 1000);
});
afterAll(async () => {
  gate.open();
  await hub.close();
  await gate.close();
});

function put(to = 'MSP') {
  return cpo.follow(gated.versionsUrl.replace('versions', '2.2.1/receiver/sessions/NL/CPO/S1'), 'PUT', {
    body: '{}',
    headers: { 'OCPI-to-country-code': 'DE', 'OCPI-to-party-id': to },
  });
}

async function slowestOf(count: number): Promise<number> {
  let slowest = 0;
  for (let sent = 0; sent < count; sent++) {
    const before = performance.now();
    expect((await put()).json().status_code).toBe(1000);
    slowest = Math.max(slowest, performance.now() - before);
  }
  return slowest;
}

it.each(['shut', 'freeze'] as const)(
  'messages are forwarded at once while the database is %s',
  async (how) => {
    emsp.clear();
    gate[how]();
    expect(await slowestOf(MESSAGES)).toBeLessThan(PROMPT_MS);
    expect(emsp.received).toHaveLength(MESSAGES);
    gate.open();
  },
);

it('an unknown receiver is refused in bounded time while the database hangs', async () => {
  gate.freeze();
  const before = performance.now();
  expect((await put('XYZ')).json().status_code).toBe(4001);
  expect(performance.now() - before).toBeLessThan(3_000);
  gate.open();
});

it('what was forwarded meanwhile stands in the log when the database is back', async () => {
  gate.shut();
  const answer = await put();
  gate.open();
  const end = Date.now() + 15_000;
  for (;;) {
    const { data } = await hub.admin.messages({ correlation_id: answer.correlationId! });
    if (data.length === 1) break;
    if (Date.now() > end) throw new Error('the message never came into the log');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
});

it('stays ready, and says that it is degraded while the database is away', async () => {
  const readiness = async (): Promise<unknown[]> => {
    const answer = await fetch(`${gated.url}/health/ready`);
    return [answer.status, ((await answer.json()) as { status: unknown }).status];
  };
  gate.shut();
  expect(await readiness()).toEqual([200, 'degraded']);
  gate.open();
  await until(async () => (await readiness())[1] === 'up');
});
