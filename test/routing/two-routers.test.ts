/** Routers are many and know the same: what changes on one holds on the others within a second. */
import { type RunningApp } from '@app/runtime';
import { type JoinedPlatform, party, startHub, type TestHub } from '../support/hub';
import { until } from '../support/waiting';
import { startProcess, TEST_KEYS, type TestProcess } from '../support/processes';
import { sql } from '../support/store';

const WITHIN_MS = 1_000;
let hub: TestHub;
let cpo: JoinedPlatform;
let second: RunningApp & { readonly versionsUrl: string };

beforeAll(async () => {
  hub = await startHub();
  second = await hub.addRouter();
  cpo = await hub.join('cpo', [party('NL*CPO', 'CPO')]);
});
afterAll(() => hub.close());

function putThrough(versionsUrl: string, to: string) {
  const url = versionsUrl.replace('versions', '2.2.1/receiver/sessions/NL/CPO/S1');
  const [country, id] = to.split('*');
  return cpo.follow(url, 'PUT', {
    body: '{}',
    headers: { 'OCPI-to-country-code': country, 'OCPI-to-party-id': id },
  });
}

it('a platform that registered through one router is reached and may call through the other at once', async () => {
  const emsp = await hub.join('emsp', [party('DE*MSP', 'EMSP')]);
  expect((await putThrough(second.versionsUrl, 'DE*MSP')).json().status_code).toBe(1000);
  expect((await emsp.follow(second.versionsUrl)).httpStatus).toBe(200);
  expect(emsp.received).toHaveLength(1);
});

it('an unregistered platform is refused by the other router within a second', async () => {
  const gone = await hub.join('gone', [party('DE*GON', 'EMSP')]);
  expect((await putThrough(second.versionsUrl, 'DE*GON')).json().status_code).toBe(1000);
  await gone.unregister();
  await until(
    async () => (await putThrough(second.versionsUrl, 'DE*GON')).json().status_code === 4003,
    WITHIN_MS,
  );
  expect((await gone.follow(second.versionsUrl)).httpStatus).toBe(401);
});

it('a router that lost its notification channel follows again when it is back', async () => {
  const late = await hub.join('late', [party('DE*LAT', 'EMSP')]);
  expect((await putThrough(second.versionsUrl, 'DE*LAT')).json().status_code).toBe(1000);
  await sql(
    hub.settings.databaseUrl,
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query ILIKE 'LISTEN%'",
  );
  await late.unregister();
  await until(
    async () => (await putThrough(second.versionsUrl, 'DE*LAT')).json().status_code === 4003,
    5_000,
  );
});

describe('as processes of their own', () => {
  const processes: TestProcess[] = [];
  afterAll(() => Promise.all(processes.map((each) => each.kill())));

  it('two routers serve a platform that registered at the one and routes through the other', async () => {
    const env = {
      DATABASE_URL: hub.settings.databaseUrl,
      ALLOW_PRIVATE_NETWORKS: 'true',
      BIND_HOST: '127.0.0.1',
      ...TEST_KEYS,
    };
    processes.push(await startProcess('router', env), await startProcess('router', env));
    const [one, other] = processes.map(({ url }) => `${url}/ocpi/versions`);
    const emsp = await hub.join('third', [party('DE*TRD', 'EMSP')]);
    for (const versionsUrl of [one!, other!]) {
      expect((await putThrough(versionsUrl, 'DE*TRD')).json().status_code).toBe(1000);
    }
    expect(emsp.received).toHaveLength(2);
  });
});
