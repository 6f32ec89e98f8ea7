/** Real delivery workers that are killed or stopped while they send: who goes on, and when. */
import { setTimeout as sleep } from 'node:timers/promises';
import { startDelivery } from '../../apps/delivery/src/app';
import { HUB_PARTY, type JoinedPlatform, party, startHub, type TestHub } from '../support/hub';
import { startProcess, type TestProcess } from '../support/processes';
import { allSettled, until } from '../support/waiting';

const CPO = party('NL*CPO', 'CPO');
/** As many receivers as make a bundle. */
const MANY = Array.from({ length: 20 }, (_, n) => party(`FR*M${String(n).padStart(2, '0')}`, 'EMSP'));
/** Longer than any wait here: the receiver hangs, and a lease lasts for 55 s and more. */
const HANGING_MS = 45_000;
const TAKEN_OVER_MS = 15_000;
/** A start after a kill has its own process to begin, on a busy machine. */
const AT_ONCE_MS = 5_000;
const TEST_MS = 120_000;

let hub: TestHub;
let cpo: JoinedPlatform;
let emsp: JoinedPlatform;
let isHanging: boolean;
const processes: TestProcess[] = [];

beforeEach(async () => {
  hub = await startHub();
  cpo = await hub.join('cpo', [CPO]);
  emsp = await hub.join('emsp', MANY, { modules: [{ module: 'locations', interfaceRole: 'RECEIVER' }] });
  isHanging = true;
  emsp.answerWith(({ module }) =>
    module === 'locations' && isHanging ? sleep(HANGING_MS, undefined, { ref: false }) : undefined,
  );
}, TEST_MS);
afterEach(async () => {
  await Promise.all(processes.splice(0).map((one) => one.kill('SIGKILL')));
  await hub.close();
}, TEST_MS);

async function worker(): Promise<TestProcess> {
  const env = { DATABASE_URL: hub.settings.databaseUrl, ALLOW_PRIVATE_NETWORKS: 'true' };
  const started = await startProcess('delivery', env);
  processes.push(started);
  return started;
}

const pushes = (): number => emsp.received.filter(({ module }) => module === 'locations').length;

/** A push that one worker has in hand, and its receiver does not answer. */
async function underWay(): Promise<number> {
  const call = { module: 'locations', interfaceRole: 'RECEIVER', method: 'PUT' } as const;
  await cpo.call({ ...call, rest: '/NL/CPO/L1', body: { v: 1 }, from: CPO, to: HUB_PARTY });
  await until(() => pushes() > 0, 20_000);
  await sleep(1_500); // its legs are rows by now
  return pushes();
}

test(
  'What a killed worker had in hand is sent by another within 15 s',
  async () => {
    const first = await worker();
    await underWay();
    await worker();
    await first.kill('SIGKILL');
    const killedAt = performance.now();
    isHanging = false;
    emsp.clear();
    await allSettled(hub.settings.databaseUrl, TAKEN_OVER_MS);
    expect(performance.now() - killedAt).toBeLessThan(TAKEN_OVER_MS);
    expect(pushes()).toBe(MANY.length);
  },
  TEST_MS,
);

test(
  'A worker that starts alone, as in a single process, goes on at once with what the one before had in hand',
  async () => {
    const first = await worker();
    await underWay();
    await first.kill('SIGKILL');
    isHanging = false;
    emsp.clear();
    const again = await startDelivery({ ...hub.settings, deliveryPort: 0 }, { alone: true });
    const startedAt = performance.now();
    await allSettled(hub.settings.databaseUrl, AT_ONCE_MS);
    expect(performance.now() - startedAt).toBeLessThan(AT_ONCE_MS);
    expect(pushes()).toBe(MANY.length);
    await again.close();
  },
  TEST_MS,
);

test(
  'What a worker that is stopped, but lives, has in hand is not sent a second time beside it',
  async () => {
    const first = await worker();
    const begun = await underWay();
    await worker();
    process.kill(first.pid, 'SIGSTOP');
    await sleep(TAKEN_OVER_MS + 5_000);
    expect(pushes()).toBe(begun);
    process.kill(first.pid, 'SIGCONT');
  },
  TEST_MS,
);
