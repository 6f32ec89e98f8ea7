/** One keeper at a time, whatever becomes of it; and no news about a platform that cannot decide. */
import { setTimeout as sleep } from 'node:timers/promises';
import { openStore } from '@app/store';
import { type JoinedPlatform, party, startHub, type TestHub } from '../support/hub';
import { startProcess, TEST_KEYS, type TestProcess } from '../support/processes';
import { KeptLog, sql } from '../support/store';
import { eventually, infosAt } from '../support/status';

let hub: TestHub;
let viewers: JoinedPlatform[];

beforeAll(async () => {
  hub = await startHub({ STATUS_HOLD_MS: '500' });
  await hub.addWorker();
  viewers = [await hub.join('a', [party('NL*AAA', 'CPO')]), await hub.join('b', [party('NL*BBB', 'CPO')])];
});
afterAll(() => hub.close());

describe('two keepers, one killed with kill -9', () => {
  const keepers: TestProcess[] = [];
  let left: TestProcess;
  beforeAll(async () => {
    for (let at = 0; at < 2; at++) keepers.push(await startProcess('hubclientinfo', environment()));
  });
  afterAll(() => Promise.all(keepers.map((keeper) => keeper.kill())));

  it('announce each change once to each platform, and the second takes over within 10 s', async () => {
    const [active, other] = await inOrder(keepers);
    left = other;
    const names: string[] = [];
    const planOne = async (): Promise<void> => {
      const name = `X${String(names.length).padStart(2, '0')}`;
      names.push(name);
      await hub.admin.createPlatform(name, [party(`BE*${name}`, 'CPO')]);
    };
    for (let made = 0; made < 15; made++) await planOne();
    const killed = active.kill('SIGKILL');
    for (let made = 0; made < 15; made++) await planOne();
    await killed;
    const since = Date.now();
    await eventually(async () => expect(await keeps(other)).toBe(true), 10_000);
    expect(Date.now() - since).toBeLessThan(10_000);
    const counts = /^hub_platforms\{status="PLANNED"\} 30\nhub_platforms\{status="CONNECTED"\} 2$/m;
    await eventually(async () => expect(await metricsOf(other)).toMatch(counts));
    for (const viewer of viewers) await eventually(() => expect(plannedAt(viewer)).toEqual(names));
    await sleep(1_000);
    for (const viewer of viewers) expect(plannedAt(viewer)).toEqual(names);
  });

  it('a keeper whose connection is cut stands again, and goes on where it ended', async () => {
    await sql(hub.settings.databaseUrl, CUT_KEEPER);
    await hub.admin.createPlatform('cut', [party('BE*CUT', 'CPO')]);
    for (const viewer of viewers) await eventually(() => expect(plannedAt(viewer)).toContain('CUT'));
    expect(await keeps(left)).toBe(true);
    for (const viewer of viewers) expect(plannedAt(viewer).filter((name) => name === 'CUT')).toHaveLength(1);
  });
});

it('a platform that comes and goes ten times within a few seconds is no news', async () => {
  const keeper = await hub.addKeeper();
  const flapping = await hub.join('flapping', [party('DE*FLA', 'EMSP')]);
  // Since it registered: its announcement comes before.
  const told = (viewer: JoinedPlatform) =>
    infosAt(viewer).filter(({ party_id, status }) => party_id === 'FLA' && status !== 'PLANNED');
  for (const viewer of viewers) await eventually(() => expect(told(viewer)).toHaveLength(1));
  const store = await openStore({ ...hub.settings, log: new KeptLog() });
  for (let times = 0; times < 10; times++) {
    await store.statuses.setOffline(flapping.id, 'silence', new Date(Date.now() + 60_000), new Date());
    await sleep(150);
    // Where a sign of life came before this, it is CONNECTED already.
    await store.statuses.setConnected(flapping.id, new Date());
    await sleep(50);
  }
  await sleep(700);
  const noted = `SELECT count(*)::int AS count FROM status_changes WHERE party_id = 'FLA' AND status = 'OFFLINE'`;
  expect(await sql(hub.settings.databaseUrl, noted)).toEqual([{ count: 10 }]);
  for (const viewer of viewers) expect(told(viewer).map(({ status }) => status)).toEqual(['CONNECTED']);
  await store.close();
  await keeper.close();
});

const CUT_KEEPER = `
  SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE datname = current_database() AND application_name = 'hub keeper'`;

function environment(): Record<string, string> {
  const { databaseUrl, publicUrl } = hub.settings;
  return {
    ...{ ...TEST_KEYS, DATABASE_URL: databaseUrl, PUBLIC_URL: publicUrl, STATUS_HOLD_MS: '500' },
    ...{ ALLOW_PRIVATE_NETWORKS: 'true' },
  };
}

/** Whether a process is the active one, by its metrics. */
async function keeps(keeper: TestProcess): Promise<boolean> {
  return /^hub_status_keeper 1$/m.test(await metricsOf(keeper));
}

async function metricsOf({ url }: TestProcess): Promise<string> {
  return (await fetch(`${url}/metrics`)).text();
}

/** The active one first. */
async function inOrder(keepers: readonly TestProcess[]): Promise<[TestProcess, TestProcess]> {
  const [a, b] = keepers as [TestProcess, TestProcess];
  await eventually(async () => expect([await keeps(a), await keeps(b)]).toContain(true));
  const active = await Promise.all([keeps(a), keeps(b)]);
  expect(active.filter(Boolean)).toHaveLength(1);
  return active[0] ? [a, b] : [b, a];
}

/** Announced parties that a viewer was pushed, in their order of name, as often as it was pushed them. */
function plannedAt(viewer: JoinedPlatform): string[] {
  return infosAt(viewer)
    .filter(({ country_code, status }) => country_code === 'BE' && status === 'PLANNED')
    .map(({ party_id }) => party_id)
    .sort();
}
