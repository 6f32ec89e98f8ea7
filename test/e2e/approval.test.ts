/** A platform that adds a role: it gets nothing by it until the operator approves it, and then everybody knows. */
import { HUB_PARTY, type JoinedPlatform, party, startHub, type TestHub } from '../support/hub';
import { eventually, infosAt } from '../support/status';
import { sql } from '../support/store';
import { allSettled, until } from '../support/waiting';

const CPO = party('NL*NEW', 'CPO');
const EMSP = party('DE*MSP', 'EMSP');

let hub: TestHub;
let emsp: JoinedPlatform;
let fresh: JoinedPlatform;

beforeAll(async () => {
  hub = await startHub();
  await hub.addWorker();
  await hub.addKeeper({ STATUS_HOLD_MS: '0' });
  emsp = await hub.join('emsp', [EMSP]);
}, 60_000);
afterAll(() => hub.close());

const location = { country_code: 'NL', party_id: 'NEW', id: 'L1', last_updated: '2026-01-01T00:00:00Z' };
const TOKENS = { module: 'tokens', interfaceRole: 'RECEIVER', method: 'PUT', rest: '/DE/MSP/T1' } as const;
const token = { country_code: 'DE', party_id: 'MSP', uid: 'T1', last_updated: '2026-01-01T00:00:00Z' };

const listed = async (): Promise<unknown[]> => {
  const answer = await emsp.call({
    module: 'locations',
    interfaceRole: 'SENDER',
    method: 'GET',
    to: HUB_PARTY,
  });
  return answer.json<{ data: unknown[] }>().data;
};

it('the handshake succeeds and says what waits; the operator sees it, other platforms do not', async () => {
  const platform = await hub.start('fresh', [CPO]);
  platform.answerWith(({ module }) => ({ body: module === 'locations' ? [location] : [] }));
  const { id, token_a } = await hub.admin.createPlatform('fresh');
  const answer = await platform.register(hub.versionsUrl, token_a);
  fresh = Object.assign(platform, { id });
  expect(answer.json()).toMatchObject({
    ...{ status_code: 1000, status_message: expect.stringMatching(/approves.*CPO NL\*NEW/) },
  });
  expect(await hub.admin.show(id)).toMatchObject({
    status: 'CONNECTED',
    parties: [{ party_id: 'NEW', role: 'CPO', status: 'WAITING', held: false }],
  });
  const waiting = await hub.admin.ask<{ data: object[] }>('GET', '/parties?status=WAITING');
  expect(waiting.data).toMatchObject([{ party_id: 'NEW', platform: { id } }]);
});

it('until then it gets no broadcast, sends nothing, is sent nothing, and nothing is pulled from it', async () => {
  expect((await emsp.call({ ...TOKENS, to: HUB_PARTY, body: token })).json().status_code).toBe(1000);
  const push = { module: 'locations', interfaceRole: 'RECEIVER', method: 'PUT', rest: '/NL/NEW/L2' } as const;
  for (const from of ['NL*NEW', null]) {
    const said = await fresh.call({ ...push, ...(from && { from }), to: HUB_PARTY, body: location });
    expect(said.json()).toMatchObject({
      ...{
        status_code: 2001,
        status_message: expect.stringMatching(/waits for the approval of the hub's operator/),
      },
    });
  }
  const direct = await emsp.call({ ...TOKENS, to: 'NL*NEW', body: token });
  expect(direct.json()).toMatchObject({ status_code: 4003 });
  await allSettled(hub.settings.databaseUrl);
  expect(fresh.received).toEqual([]);
  expect(infosAt(emsp)).toEqual([]);
  expect(await listed()).toEqual([]);
});

it('his approval is announced, noted and audited; its lists are pulled and it receives what it may', async () => {
  const approved = await hub.admin.approve(fresh.id);
  expect(approved.parties).toMatchObject([{ party_id: 'NEW', status: 'CONNECTED', held: true }]);
  await eventually(() =>
    expect(infosAt(emsp)).toMatchObject([{ party_id: 'NEW', role: 'CPO', status: 'CONNECTED' }]),
  );
  await until(async () => (await listed()).length === 1, 15_000);
  expect((await emsp.call({ ...TOKENS, to: HUB_PARTY, body: token })).json().status_code).toBe(1000);
  await fresh.waitFor(({ module, method }) => module === 'tokens' && method === 'PUT');
  const reasons = `SELECT status, reason FROM status_changes WHERE party_id = 'NEW'`;
  expect(await sql(hub.settings.databaseUrl, reasons)).toEqual([{ status: 'CONNECTED', reason: 'approved' }]);
  const audit = await hub.admin.ask<{ data: object[] }>('GET', '/audit?action=approveParties');
  expect(audit.data).toMatchObject([{ target: `platforms/${fresh.id}` }]);
});

it('it stays approved when the platform updates its credentials', async () => {
  const answer = await fresh.update();
  expect(answer.json().status_message).toBeUndefined();
  expect((await hub.admin.show(fresh.id)).parties).toMatchObject([{ status: 'CONNECTED' }]);
});

it('a role that is added to an approved one waits as well, also where the hub begins the registration', async () => {
  const platform = await hub.start('peer', [party('NL*PEE', 'CPO')]);
  const { id } = await hub.admin.createPlatform('peer');
  const shown = await hub.admin.register(id, platform.versionsUrl, platform.tokens.offer());
  expect(shown.parties).toMatchObject([{ party_id: 'PEE', status: 'WAITING' }]);
});
