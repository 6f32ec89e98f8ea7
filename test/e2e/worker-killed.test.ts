/** Real delivery workers that are killed or stopped while they send: who goes on, and when. */
import { setTimeout as sleep } from 'node:timers/promises';
import { startDelivery } from '../../apps/delivery/src/app';
import { HUB_PARTY, type JoinedPlatform, party, startHub, type TestHub } from '../support/hub';
import { startProcess, type TestProcess } from '../support/processes';
import { allSettled, until } from '../support/waiting';

const CPO = party('NL*CPO', 'CPO');
/** Together as many receivers as make a bundle; at each platform fewer than a worker sends at a time. */
const RECEIVERS = ['FR*A', 'FR*B', 'FR*C', 'FR*D'].map((begin) =>
  Array.from({ length: 5 }, (_, n) => party(`${begin}0${n}`, 'EMSP')),
);
const MANY = RECEIVERS.flat().length;
/** Longer than any wait here: the receiver hangs, and a lease lasts for 55 s and more. */
const HANGING_MS = 45_000;
const TAKEN_OVER_MS = 15_000;
/** A start after a kill has its own process to begin, on a busy machine. */
const AT_ONCE_MS = 5_000;
const TEST_MS = 120_000;

let hub: TestHub;
let cpo: JoinedPlatform;
let emsps: JoinedPlatform[];
let isHanging: boolean;
const processes: TestProcess[] = [];

beforeEach(async () => {
  hub = await startHub();
  cpo = await hub.join('cpo', [CPO]);
  const modules = [{ module: 'locations', interfaceRole: 'RECEIVER' }] as const;
  emsps = await Promise.all(RECEIVERS.map((parties, n) => hub.join(`emsp ${n}`, parties, { modules })));
  isHanging = true;
  for (const emsp of emsps) {
    emsp.answerWith(({ module }) =>
      module === 'locations' && isHanging ? sleep(HANGING_MS, undefined, { ref: false }) : undefined,
    );
  }
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

/** The party of each push that arrived. */
const arrived = (): unknown[] =>
  emsps
    .flatMap(({ received }) => received)
    .filter(({ module }) => module === 'locations')
    .map(({ headers }) => headers['ocpi-to-party-id']);

const forget = (): void => {
  for (const emsp of emsps) emsp.clear();
};

/** A push that one worker has in hand, and its receiver does not answer. */
async function underWay(): Promise<void> {
  const call = { module: 'locations', interfaceRole: 'RECEIVER', method: 'PUT' } as const;
  await cpo.call({ ...call, rest: '/NL/CPO/L1', body: { v: 1 }, from: CPO, to: HUB_PARTY });
  await until(() => arrived().length === MANY, 20_000);
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
    forget();
    await allSettled(hub.settings.databaseUrl, TAKEN_OVER_MS);
    expect(performance.now() - killedAt).toBeLessThan(TAKEN_OVER_MS);
    expect(new Set(arrived()).size).toBe(MANY);
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
    forget();
    const again = await startDelivery({ ...hub.settings, deliveryPort: 0 }, { alone: true });
    const startedAt = performance.now();
    await allSettled(hub.settings.databaseUrl, AT_ONCE_MS);
    expect(performance.now() - startedAt).toBeLessThan(AT_ONCE_MS);
    expect(new Set(arrived()).size).toBe(MANY);
    await again.close();
  },
  TEST_MS,
);

test(
  'What a worker that is stopped, but lives, has in hand is not sent a second time beside it',
  async () => {
    const first = await worker();
    await underWay();
    await worker();
    process.kill(first.pid, 'SIGSTOP');
    await sleep(TAKEN_OVER_MS + 5_000);
    expect(arrived()).toHaveLength(MANY);
    process.kill(first.pid, 'SIGCONT');
  },
  TEST_MS,
);
