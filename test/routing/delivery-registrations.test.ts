/** A delivery is owed to a party in one registration: what waits while parties and platforms come and go. */
import { setTimeout as sleep } from 'node:timers/promises';
import { HUB_PARTY, type JoinedPlatform, party, startHub, type TestHub } from '../support/hub';
import { sql } from '../support/store';
import { allSettled, until } from '../support/waiting';

const CPO = party('NL*CPO', 'CPO');
const [ONE, TWO] = [party('FR*ONE', 'EMSP'), party('FR*TWO', 'EMSP')];
const FIRST_RETRY_MS = 300;

let hub: TestHub;
let cpo: JoinedPlatform;
let emsp: JoinedPlatform;

beforeEach(async () => {
  hub = await startHub({ DELIVERY_FIRST_RETRY_MS: String(FIRST_RETRY_MS) });
  await hub.addWorker();
  cpo = await hub.join('cpo', [CPO]);
  emsp = await hub.join('emsp', [ONE, TWO], {
    modules: [{ module: 'locations', interfaceRole: 'RECEIVER' }],
  });
}, 60_000);
afterEach(() => hub.close());

async function push(object: string, version: number): Promise<void> {
  const call = { module: 'locations', interfaceRole: 'RECEIVER', method: 'PUT' } as const;
  const rest = `/NL/CPO/${object}`;
  const answer = await cpo.call({ ...call, rest, body: { version }, from: CPO, to: HUB_PARTY });
  expect(answer.json().status_code).toBe(1000);
}

interface Row {
  readonly id: string;
  readonly party: string;
  readonly state: string;
  readonly last_error: string | null;
}

const rows = (): Promise<Row[]> =>
  sql(
    hub.settings.databaseUrl,
    'SELECT id, party, state, last_error FROM deliveries ORDER BY party, sequence',
  );

/** What arrived: `FR*ONE 1` is version 1 for that party. */
const arrived = ({ received }: JoinedPlatform): string[] =>
  received
    .filter(({ module }) => module === 'locations')
    .map(({ headers, body }) => {
      const { version } = JSON.parse(body.toString()) as { version: number };
      return `${headers['ocpi-to-country-code']}*${headers['ocpi-to-party-id']} ${version}`;
    })
    .sort();

/** The receiver takes nothing, and each of its parties has had one attempt. */
async function refuseFirst(): Promise<void> {
  emsp.answerWith(({ module }) => (module === 'locations' ? { httpStatus: 503, body: '{}' } : undefined));
  await push('L1', 1);
  await until(() => arrived(emsp).length >= 2);
}

const acceptAgain = (): void => {
  emsp.clear();
  emsp.answerWith(() => undefined);
};

test('What waits for a party that its platform drops by PUT is discarded with the reason; the others get theirs', async () => {
  await refuseFirst();
  expect((await emsp.update({ roles: emsp.credentialsWith('').roles.slice(0, 1) })).json().status_code).toBe(
    1000,
  );
  acceptAgain();
  await allSettled(hub.settings.databaseUrl);
  expect(await rows()).toMatchObject([
    { party: 'FR*ONE', state: 'delivered' },
    { party: 'FR*TWO', state: 'discarded', last_error: 'party_left' },
  ]);
  const other = await hub.join('other', [TWO], {
    modules: [{ module: 'locations', interfaceRole: 'RECEIVER' }],
  });
  await sleep(3 * FIRST_RETRY_MS);
  expect([arrived(emsp), arrived(other)]).toEqual([['FR*ONE 1'], []]);
});

test('What waits for a platform that unregisters goes to no later registration of it, also not by hand', async () => {
  await refuseFirst();
  expect((await emsp.unregister()).json().status_code).toBe(1000);
  const { token_a } = await hub.admin.tokenA(emsp.id);
  acceptAgain();
  await emsp.register(hub.versionsUrl, token_a);
  await allSettled(hub.settings.databaseUrl);
  const left = await rows();
  expect(left).toMatchObject([
    { party: 'FR*ONE', state: 'discarded', last_error: 'platform_unregistered' },
    { party: 'FR*TWO', state: 'discarded', last_error: 'platform_unregistered' },
  ]);
  const retried = await hub.admin.send('POST', `/deliveries/${left[0]!.id}/retry`);
  expect([retried.httpStatus, retried.json<{ code: string }>().code]).toEqual([409, 'delivery_not_owed']);
  await sleep(3 * FIRST_RETRY_MS);
  expect(arrived(emsp)).toEqual([]);
  await push('L1', 2);
  await until(() => arrived(emsp).length === 2);
  expect(arrived(emsp)).toEqual(['FR*ONE 2', 'FR*TWO 2']);
});

test('What waits for an interface that its platform gives up by PUT is discarded, and not sent once it is back', async () => {
  await refuseFirst();
  const endpoints = 'DELETE FROM endpoints WHERE platform_id = $1';
  await sql(hub.settings.databaseUrl, endpoints, [emsp.id]);
  await sql(hub.settings.databaseUrl, `SELECT pg_notify('hub_changed', $1)`, [emsp.id]);
  acceptAgain();
  await until(async () =>
    (await rows()).every(({ last_error }) => last_error === 'interface_not_implemented'),
  );
  expect(arrived(emsp)).toEqual([]);
});

test('A newer state that comes while its receiver is suspended replaces what waits: after the resume it alone is sent', async () => {
  await refuseFirst();
  await hub.admin.suspend(emsp.id);
  await sleep(FIRST_RETRY_MS);
  acceptAgain();
  await push('L1', 2);
  await push('L1', 3);
  await sleep(3 * FIRST_RETRY_MS);
  expect(arrived(emsp)).toEqual([]);
  await hub.admin.resume(emsp.id);
  await allSettled(hub.settings.databaseUrl);
  expect(arrived(emsp)).toEqual(['FR*ONE 3', 'FR*TWO 3']);
});

test('A receiver whose deliveries expire while it is suspended is marked for a resync', async () => {
  await refuseFirst();
  await hub.admin.suspend(emsp.id);
  acceptAgain();
  await push('L1', 2);
  await sql(hub.settings.databaseUrl, `UPDATE deliveries SET expires_at = now(), next_attempt_at = now()`);
  await allSettled(hub.settings.databaseUrl);
  await hub.admin.resume(emsp.id);
  const { data } = await hub.admin.ask<{ data: object[] }>('GET', '/deliveries/receivers');
  expect(data).toMatchObject([{ platform_id: emsp.id, resync_since: expect.any(String) as string }]);
  await sleep(3 * FIRST_RETRY_MS);
  expect(arrived(emsp)).toEqual([]);
});
