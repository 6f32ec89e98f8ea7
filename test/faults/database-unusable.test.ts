/** A database that is there and takes nothing: read-only, full, shutting down, hanging, without room for a connection. */
import { fixtureFor, type HandshakeRefused, TcpGate } from '@app/testkit';
import { type JoinedPlatform, party, startHub, type TestHub } from '../support/hub';
import { sql } from '../support/store';
import { until } from '../support/waiting';

const CPO = party('NL*CPO', 'CPO');
const EMSP = party('DE*MSP', 'EMSP');
const HUB = party('DE*HUB', 'HUB');
/** The time limits of a connection and a statement, on a busy machine. */
const BOUNDED_MS = 15_000;

let hub: TestHub;
let gate: TcpGate;
let cpo: JoinedPlatform;
let emsp: JoinedPlatform;
let routerUrl: string;

beforeAll(async () => {
  hub = await startHub();
  gate = await TcpGate.before(hub.settings.databaseUrl);
  const gated = await hub.addRouter({ DATABASE_URL: gate.url });
  cpo = await hub.join('cpo', [CPO]);
  emsp = await hub.join('emsp', [EMSP]);
  for (const platform of [cpo, emsp]) await platform.hub.discover(gated.versionsUrl, '2.2.1');
  routerUrl = gated.url;
});
afterAll(async () => {
  gate.open();
  await hub.close();
  await gate.close();
});

const direct = () =>
  cpo.call({
    ...{
      module: 'sessions',
      interfaceRole: 'RECEIVER',
      method: 'PUT',
      rest: '/NL/CPO/S1',
      body: { id: 'S1' },
    },
    ...{ from: CPO, to: EMSP },
  });

const broadcast = () =>
  cpo.call({
    ...{
      module: 'locations',
      interfaceRole: 'RECEIVER',
      method: 'PUT',
      rest: '/NL/CPO/L1',
      body: { id: 'L1' },
    },
    ...{ from: CPO, to: HUB },
  });

const command = () => {
  const key = { module: 'commands', interfaceRole: 'RECEIVER', method: 'POST' } as const;
  const responseUrl = `${emsp.endpoint('commands', 'SENDER')}/results/1`;
  const { body } = fixtureFor(key, { cpo: CPO, emsp: EMSP, responseUrl });
  return emsp.call({ ...key, rest: '/START_SESSION', body, from: EMSP, to: CPO });
};

/** A PUT of its own credentials, as they are. */
const registration = () => cpo.update().catch(({ answer }: HandshakeRefused) => answer);

async function expectRefusedWithRetryAfter(): Promise<void> {
  for (const call of [broadcast, command, registration]) {
    const before = performance.now();
    const answer = await call();
    expect([answer.httpStatus, answer.json().status_code]).toEqual([503, 4000]);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    expect(performance.now() - before).toBeLessThan(BOUNDED_MS);
  }
}

/** Each answers with success again, without anything being done to the hub. */
async function expectItGoesOn(): Promise<void> {
  for (const call of [broadcast, command, registration]) {
    await until(async () => (await call()).json().status_code === 1000, 15_000);
  }
}

async function readiness(): Promise<[number, unknown]> {
  const answer = await fetch(`${routerUrl}/health/ready`);
  return [answer.status, ((await answer.json()) as { status: unknown }).status];
}

/** Where an operator gets in who may write all the same. */
function operatorUrl(): string {
  const url = new URL(hub.settings.databaseUrl);
  url.searchParams.set('options', '-c default_transaction_read_only=off');
  return url.href;
}

async function readOnly(on: boolean): Promise<void> {
  const name = new URL(hub.settings.databaseUrl).pathname.slice(1);
  await sql(operatorUrl(), `ALTER DATABASE ${name} SET default_transaction_read_only = ${on}`);
  await sql(
    operatorUrl(),
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
  );
}

/** Every table that a message is written to refuses with an SQLSTATE, as PostgreSQL itself does when it must. */
async function refuseWith(state: string | undefined): Promise<void> {
  const url = operatorUrl();
  for (const table of ['pushes', 'detours', 'platforms', 'write_probes']) {
    await sql(url, `DROP TRIGGER IF EXISTS refusing ON ${table}`);
    if (state === undefined) continue;
    await sql(
      url,
      `CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN RAISE EXCEPTION 'refused' USING ERRCODE = TG_ARGV[0]; END $$`,
    );
    await sql(
      url,
      `CREATE TRIGGER refusing BEFORE INSERT OR UPDATE ON ${table} FOR EACH ROW EXECUTE FUNCTION refuse('${state}')`,
    );
  }
}

const FAULTS: readonly (readonly [string, (on: boolean) => Promise<void> | void])[] = [
  ['away', (on) => (on ? gate.shut() : gate.open())],
  ['hanging', (on) => (on ? gate.freeze() : gate.open())],
  ['read-only', readOnly],
  ['on a full disk', (on) => refuseWith(on ? '53100' : undefined)],
  ['out of connections', (on) => refuseWith(on ? '53300' : undefined)],
  ['shutting down', (on) => refuseWith(on ? '57P01' : undefined)],
  ['starting', (on) => refuseWith(on ? '57P03' : undefined)],
];

describe.each(FAULTS)('while the database is %s', (_, fault) => {
  beforeAll(() => fault(true));
  afterAll(() => fault(false));

  it('broadcasts, commands and registrations are told to come again, and direct messages pass', async () => {
    await expectRefusedWithRetryAfter();
    expect((await direct()).json().status_code).toBe(1000);
  }, 60_000);

  it('the router stays ready and says that it is degraded', async () => {
    await until(async () => (await readiness())[1] === 'degraded', 10_000);
    expect(await readiness()).toEqual([200, 'degraded']);
    expect((await direct()).json().status_code).toBe(1000);
  }, 20_000);

  it('goes on by itself afterwards', async () => {
    await fault(false);
    await expectItGoesOn();
    await until(async () => (await readiness())[1] === 'up', 15_000);
  }, 60_000);
});
