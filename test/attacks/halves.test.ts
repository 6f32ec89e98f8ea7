/**
 * Becoming another company: a platform claims the pair of the eMSP `NL-VIC` in one more role, or is given its other
 * half, and then speaks as the eMSP. It reads, starts, sends and receives nothing in its name.
 */
import { type Party, type Role } from '@app/ocpi';
import { type CallAnswer, type PlatformCall, type ReceivedRequest } from '@app/testkit';
import { HUB_PARTY, type JoinedPlatform, party, startHub, type TestHub } from '../support/hub';
import { sql } from '../support/store';
import { allSettled, until } from '../support/waiting';

const VICTIM = party('NL*VIC', 'EMSP');
const ROLES: readonly Role[] = ['CPO', 'SCSP', 'NSP', 'NAP', 'OTHER'];
const as = (role: Role): Party => party('NL*VIC', role);

let hub: TestHub;
let cpo: JoinedPlatform;
/** The eMSP NL*VIC; it has no Receiver interface of sessions. */
let victim: JoinedPlatform;
let thief: JoinedPlatform;

beforeAll(async () => {
  hub = await startHub();
  await hub.addWorker();
  cpo = await hub.join('cpo', [party('NL*CPO', 'CPO')]);
  victim = await hub.join('victim', [VICTIM], {
    modules: [
      { module: 'tokens', interfaceRole: 'SENDER' },
      { module: 'commands', interfaceRole: 'SENDER' },
      { module: 'locations', interfaceRole: 'RECEIVER' },
    ],
  });
  const push = { module: 'tokens', interfaceRole: 'RECEIVER', method: 'PUT', rest: '/NL/VIC/T1' } as const;
  const pushed = await victim.call({ ...push, to: HUB_PARTY, body: token(true) });
  expect(pushed.json().status_code).toBe(1000);
}, 60_000);
afterAll(() => hub.close());
beforeEach(async () => {
  await allSettled(hub.settings.databaseUrl);
  [cpo, victim].forEach((platform) => platform.clear());
});

/** A platform that the operator approved with a party of its own, and that may claim any. */
async function approved(own: Party): Promise<JoinedPlatform> {
  const platform = await hub.start(own.partyId, [own]);
  const { id, token_a } = await hub.admin.createPlatform(own.partyId);
  await platform.register(hub.versionsUrl, token_a);
  await hub.admin.approve(id);
  return Object.assign(platform, { id });
}

const rolesOf = (...parties: readonly Party[]) =>
  parties.map(({ countryCode, partyId, role }) => ({
    ...{ country_code: countryCode, party_id: partyId, role },
    business_details: { name: 'one more' },
  }));

function token(valid: boolean): object {
  const name = { country_code: 'NL', party_id: 'VIC', uid: 'T1', type: 'RFID', contract_id: 'NL-VIC-1' };
  const rest = { issuer: 'VIC', valid, whitelist: 'ALWAYS', last_updated: '2026-01-01T00:00:00Z' };
  return { ...name, ...rest };
}

const get = (module: string, to: string): PlatformCall => ({
  ...{ module, interfaceRole: 'SENDER', method: 'GET', to },
});
const pushToken = (to: string, valid: boolean): PlatformCall => ({
  ...{
    module: 'tokens',
    interfaceRole: 'RECEIVER',
    method: 'PUT',
    rest: '/NL/VIC/T1',
    to,
    body: token(valid),
  },
});

/** Everything that an eMSP does, in the name of NL*VIC. */
const ATTACKS: readonly (readonly [string, () => PlatformCall])[] = [
  ['reads its CDRs of a CPO', () => get('cdrs', 'NL*CPO')],
  ['reads its CDRs of all CPOs', () => get('cdrs', HUB_PARTY)],
  ['reads its sessions of a CPO', () => get('sessions', 'NL*CPO')],
  ['reads its sessions of all CPOs', () => get('sessions', HUB_PARTY)],
  ['reads the locations of all CPOs', () => get('locations', HUB_PARTY)],
  [
    'starts a session that it pays',
    () => ({
      ...{
        module: 'commands',
        interfaceRole: 'RECEIVER',
        method: 'POST',
        rest: '/START_SESSION',
        to: 'NL*CPO',
      },
      body: { response_url: `${thief.origin}/result`, token: token(true), location_id: 'L1' },
    }),
  ],
  ['sends a CPO a token', () => pushToken('NL*CPO', true)],
  ['broadcasts a valid token', () => pushToken(HUB_PARTY, true)],
  ['broadcasts that its token is invalid', () => pushToken(HUB_PARTY, false)],
];

/** What came to the CPO and the victim, statuses of others apart. */
const arrived = (): ReceivedRequest[] =>
  [cpo, victim].flatMap(({ received }) => received.filter(({ module }) => module !== 'hubclientinfo'));

async function expectRefused(answer: CallAnswer, words: RegExp): Promise<void> {
  expect([answer.httpStatus, answer.json().status_code]).toEqual([200, 2001]);
  expect(answer.json().status_message).toMatch(words);
  await allSettled(hub.settings.databaseUrl);
  expect(arrived()).toEqual([]);
}

/** What the hub lists of the victim's tokens. */
async function listedTokens(): Promise<unknown[]> {
  const answer = await cpo.call(get('tokens', HUB_PARTY));
  return answer.json<{ data: unknown[] }>().data;
}

/** A session of the victim goes to the victim, which has no interface for it, and never to the namesake. */
async function expectSessionRefused(): Promise<void> {
  thief.clear();
  const put = { module: 'sessions', interfaceRole: 'RECEIVER', method: 'PUT', rest: '/NL/CPO/S1' } as const;
  const answer = await cpo.call({
    ...put,
    to: 'NL*VIC',
    body: { country_code: 'NL', party_id: 'CPO', id: 'S1' },
  });
  expect(answer.json().status_code).toBe(4000);
  expect(thief.received.filter(({ module }) => module === 'sessions')).toEqual([]);
}

describe.each(ROLES.filter((role) => role !== 'CPO'))('a platform that claims the eMSP as %s', (role) => {
  const own = party(`FR*T${role.slice(0, 2)}`, 'CPO');
  beforeAll(async () => {
    thief = await approved(own);
  });

  it('is refused, keeps what it has, and speaks for nobody else', async () => {
    const before = await hub.admin.show(thief.id);
    await expect(thief.update({ roles: rolesOf(own, as(role)) })).rejects.toThrow(/2001.*NL\*VIC/);
    expect((await hub.admin.show(thief.id)).parties).toEqual(before.parties);
    for (const [, attack] of ATTACKS)
      await expectRefused(await thief.call({ ...attack(), from: 'NL*VIC' }), /not a party of your platform/);
    await expectSessionRefused();
    expect(await listedTokens()).toEqual([token(true)]);
  });
});

describe('a platform that claims the CPO half of the eMSP', () => {
  const own = party('FR*TCP', 'CPO');
  beforeAll(async () => {
    thief = await approved(own);
    const answer = await thief.update({ roles: rolesOf(own, as('CPO')) });
    expect(answer.json()).toMatchObject({
      status_code: 1000,
      status_message: expect.stringMatching(/CPO NL\*VIC/),
    });
  });

  describe('waits for the operator, and until then', () => {
    it.each(ATTACKS)('is refused when it %s', async (_, attack) => {
      await expectRefused(await thief.call({ ...attack(), from: 'NL*VIC' }), /waits for the approval/);
    });

    it('gets nothing that is for the eMSP, and is shown to no other platform', async () => {
      await expectSessionRefused();
      const infos = hub.versionsUrl.replace('versions', '2.2.1/hubclientinfo');
      const { data } = (await cpo.follow(infos)).json<{ data: { party_id: string; role: string }[] }>();
      const shown = data.filter(({ party_id }) => party_id === 'VIC').map(({ role }) => role);
      expect(shown).toEqual(['EMSP']);
      expect(await listedTokens()).toEqual([token(true)]);
    });
  });

  describe('is given it by the operator, and still', () => {
    beforeAll(async () => {
      await hub.admin.approve(thief.id, [as('CPO')]);
      const location = {
        module: 'locations',
        interfaceRole: 'RECEIVER',
        method: 'PUT',
        rest: '/NL/VIC/L1',
      } as const;
      const body = { country_code: 'NL', party_id: 'VIC', id: 'L1' };
      await until(async () => {
        const answer = await thief.call({ ...location, from: 'NL*VIC', to: HUB_PARTY, body });
        return answer.json().status_code === 1000;
      });
    });

    it.each(ATTACKS)('is refused when it %s', async (_, attack) => {
      await expectRefused(
        await thief.call({ ...attack(), from: 'NL*VIC' }),
        /NL\*VIC is .*EMSP.* on another platform/,
      );
    });

    it('gets nothing that is for the eMSP, whose tokens stay as they are', async () => {
      await expectSessionRefused();
      expect(await listedTokens()).toEqual([token(true)]);
    });
  });
});

describe('a platform that is given the NAP half of a CPO', () => {
  it('is asked for no locations, changes none of them, and sends none of its sessions', async () => {
    const pair = 'NL*VI2';
    const honest = await hub.join('honest', [party(pair, 'CPO')], {
      modules: [{ module: 'sessions', interfaceRole: 'SENDER' }],
    });
    const body = { country_code: 'NL', party_id: 'VI2', id: 'L2' };
    const put = {
      module: 'locations',
      interfaceRole: 'RECEIVER',
      method: 'PUT',
      rest: '/NL/VI2/L2',
    } as const;
    expect((await honest.call({ ...put, to: HUB_PARTY, body })).json().status_code).toBe(1000);
    const namesake = await hub.start('nap', [party(pair, 'NAP')]);
    namesake.answerWith(() => ({ body: [] }));
    const { id, token_a } = await hub.admin.createPlatform('nap', [party(pair, 'NAP')]);
    await namesake.register(hub.versionsUrl, token_a);
    const done = 'SELECT 1 FROM sync_state WHERE platform_id = $1 AND synced_at IS NOT NULL AND module = $2';
    const isPulled = async (): Promise<boolean> =>
      (await sql(hub.settings.databaseUrl, done, [id, 'tokens'])).length > 0;
    await until(isPulled, 15_000);
    expect(namesake.received.filter(({ path }) => path.includes('locations'))).toEqual([]);
    expect((await namesake.call({ ...put, to: HUB_PARTY, from: pair, body })).json()).toMatchObject({
      ...{ status_code: 2001, status_message: expect.stringMatching(/NL\*VI2 is CPO/) },
    });
    expect(await idsAt(victim)).toContain('L2');
    const session = { ...put, module: 'sessions', rest: '/NL/VI2/S1', to: 'NL*VIC', from: pair, body: {} };
    expect((await namesake.call(session)).json()).toMatchObject({
      ...{ status_code: 2001, status_message: expect.stringMatching(/NL\*VI2 is CPO on another platform/) },
    });
  });
});

async function idsAt(reader: JoinedPlatform): Promise<string[]> {
  const answer = await reader.call(get('locations', HUB_PARTY));
  return answer.json<{ data: { id: string }[] }>().data.map(({ id }) => id);
}

describe('an eMSP that pushes locations under its pair', () => {
  it('is told so by name when it broadcasts, and they do not appear as those of the CPO that registers later', async () => {
    const early = await hub.join('early', [party('NL*LAT', 'EMSP')]);
    const body = { country_code: 'NL', party_id: 'LAT', id: 'FALSE' };
    const put = {
      module: 'locations',
      interfaceRole: 'RECEIVER',
      method: 'PUT',
      rest: '/NL/LAT/FALSE',
    } as const;
    const answer = await early.call({ ...put, to: HUB_PARTY, body });
    expect(answer.json()).toMatchObject({
      ...{ status_code: 2001, status_message: expect.stringMatching(/NL\*LAT is not CPO or NAP/) },
    });
    await early.call({ ...put, to: 'NL*VIC', body });
    const late = await hub.join('late', [party('NL*LAT', 'CPO')]);
    const own = { ...body, id: 'TRUE' };
    const pushed = await late.call({ ...put, rest: '/NL/LAT/TRUE', to: HUB_PARTY, body: own });
    expect(pushed.json().status_code).toBe(1000);
    const listed = await idsAt(victim);
    expect(listed).toContain('TRUE');
    expect(listed).not.toContain('FALSE');
  });
});
