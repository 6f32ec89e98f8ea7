/** Nobody gets at a party that is another's, and a token opens what it was made for and nothing else. */
import { Agent, get } from 'node:http';
import { authorizationHeader } from '@app/ocpi';
import { type TestPlatform } from '@app/testkit';
import { type JoinedPlatform, party, startHub, type TestHub } from '../support/hub';
import { until } from '../support/waiting';

let hub: TestHub;
let victim: JoinedPlatform;
let emsp: JoinedPlatform;
let thief: JoinedPlatform;

beforeAll(async () => {
  hub = await startHub();
  victim = await hub.join('victim', [party('FR*VIC', 'CPO')]);
  emsp = await hub.join('emsp', [party('DE*MSP', 'EMSP')]);
  thief = await hub.join('thief', [party('NL*THF', 'CPO')]);
});
beforeEach(() => [victim, emsp, thief].forEach((platform) => platform.clear()));
afterAll(() => hub.close());

const role = (country_code: string, party_id: string) => ({
  ...{ role: 'CPO', country_code, party_id },
  business_details: { name: 'honest' },
});
const OWN = role('NL', 'THF');
const THEFTS = [
  ['as it is written', [role('FR', 'VIC')]],
  ['in small letters', [role('fr', 'vic')]],
  ['beside its own', [OWN, role('FR', 'VIC')]],
  ['in mixed letters beside its own', [OWN, role('Fr', 'viC')]],
] as const;

/** What is for the victim still reaches it, and it can still speak in its own name. */
async function expectVictimUnharmed(): Promise<void> {
  const get = { module: 'locations', interfaceRole: 'SENDER', method: 'GET', to: 'FR*VIC' } as const;
  expect((await emsp.call(get)).json().status_code).toBe(1000);
  const put = { module: 'locations', interfaceRole: 'RECEIVER', method: 'PUT', rest: '/FR/VIC/L1' } as const;
  expect((await victim.call({ ...put, body: '{}', to: 'DE*MSP' })).json().status_code).toBe(1000);
  expect([victim.received.length, thief.received.length, emsp.received.length]).toEqual([1, 0, 1]);
}

describe("another platform's party", () => {
  it.each(THEFTS)('(%s) cannot be taken by PUT credentials', async (_, roles) => {
    const before = await hub.admin.show(thief.id);
    await expect(thief.update({ roles })).rejects.toThrow(/2001/);
    expect((await hub.admin.show(thief.id)).parties).toEqual(before.parties);
    await expectVictimUnharmed();
  });

  it.each(THEFTS)('(%s) cannot be taken by POST credentials', async (_, roles) => {
    const { platform, tokenA, id } = await invited();
    await platform.hub.discover(hub.versionsUrl, platform.version);
    const body = { ...platform.credentialsWith(platform.tokens.offer()), roles };
    const credentials = hub.versionsUrl.replace('versions', '2.2.1/credentials');
    const answer = await platform.follow(credentials, 'POST', { body });
    // Its own party belongs to the thief's first platform: taken as well.
    expect([answer.httpStatus, answer.json().status_code]).toEqual([200, 2001]);
    expect(await hub.admin.show(id)).toMatchObject({ status: 'PLANNED', parties: [] });
    expect((await platform.follow(hub.versionsUrl, 'GET', withToken(tokenA))).httpStatus).toBe(200);
    await expectVictimUnharmed();
  });

  it('that several claim is given to one of them, also when all are approved at the same moment', async () => {
    const roles = [role('BE', 'RAC')];
    const racers = await Promise.all([invited(), invited(), invited()]);
    const answers = await Promise.all(
      racers.map(async ({ platform }) => {
        await platform.hub.discover(hub.versionsUrl, platform.version);
        const body = { ...platform.credentialsWith(platform.tokens.offer()), roles };
        return platform.follow(hub.versionsUrl.replace('versions', '2.2.1/credentials'), 'POST', { body });
      }),
    );
    expect(answers.map((answer) => answer.json().status_code)).toEqual([1000, 1000, 1000]);
    const approvals = await Promise.all(
      racers.map(({ id }) => hub.admin.send('POST', `/platforms/${id}/approve`, {})),
    );
    expect(approvals.map(({ httpStatus }) => httpStatus).sort()).toEqual([200, 409, 409]);
    await expectVictimUnharmed();
  });
});

let invitations = 0;
async function invited(): Promise<{ platform: TestPlatform; tokenA: string; id: string }> {
  const platform = await hub.start('invited', [party(`LU*${String(invitations++).padStart(3, '0')}`, 'CPO')]);
  const { id, token_a: tokenA } = await hub.admin.createPlatform('invited');
  platform.hub.token = tokenA;
  return { platform, tokenA, id };
}

const withToken = (token: string) => ({ headers: { Authorization: authorizationHeader(token) } });

describe('token A', () => {
  it('opens nothing but versions, details and credentials', async () => {
    const { platform, tokenA } = await invited();
    const paths = [
      ...['2.2.1/hubclientinfo', '2.2.1/sender/locations', '2.2.1/receiver/locations/FR/VIC/L1'],
      ...['2.2.1/callback/AAAAAAAAAAAAAAAAAAAAAAAA', '2.2.1/sender/tokens'],
    ];
    for (const path of paths) {
      const { headers } = withToken(tokenA);
      const to = { 'OCPI-to-country-code': 'FR', 'OCPI-to-party-id': 'VIC' };
      const answer = await platform.follow(hub.versionsUrl.replace('versions', path), 'GET', {
        headers: { ...headers, ...to },
      });
      expect([path, answer.httpStatus]).toEqual([path, 401]);
    }
    await expectVictimUnharmed();
  });

  it('that was used is dead, also for a second registration at the same moment', async () => {
    const { platform, tokenA, id } = await invited();
    await platform.hub.discover(hub.versionsUrl, platform.version);
    const url = hub.versionsUrl.replace('versions', '2.2.1/credentials');
    const attempts = Array.from({ length: 4 }, () =>
      platform.follow(url, 'POST', {
        body: platform.credentialsWith(platform.tokens.offer()),
        ...withToken(tokenA),
      }),
    );
    const answers = await Promise.all(attempts);
    const succeeded = answers.filter(
      (answer) => answer.httpStatus === 200 && answer.json().status_code === 1000,
    );
    expect(succeeded).toHaveLength(1);
    for (const each of [hub.versionsUrl, url]) {
      expect((await platform.follow(each, 'GET', withToken(tokenA))).httpStatus).toBe(401);
    }
    expect(await hub.admin.show(id)).toMatchObject({ status: 'CONNECTED' });
    await expectVictimUnharmed();
  });

  it('that was replaced by a newer one is dead', async () => {
    const { platform, tokenA, id } = await invited();
    const { token_a: newer } = await hub.admin.tokenA(id);
    const shown = async (token: string): Promise<number> =>
      (await platform.follow(hub.versionsUrl, 'GET', withToken(token))).httpStatus;
    // A router follows a change of the admin API within a moment, and not at once.
    await until(async () => (await shown(tokenA)) === 401);
    expect([await shown(newer), await shown(tokenA)]).toEqual([200, 401]);
  });
});

test('each request on a connection is judged by the token that it shows itself, whatever the one before showed', async () => {
  const connection = new Agent({ keepAlive: true, maxSockets: 1 });
  const sent = (token: string): Promise<[number | undefined, number | undefined]> =>
    new Promise((resolve, reject) => {
      const url = hub.versionsUrl.replace('versions', '2.2.1/sender/locations');
      const headers = {
        ...{ Authorization: authorizationHeader(token), 'OCPI-to-country-code': 'FR' },
        'OCPI-to-party-id': 'VIC',
      };
      const request = get(url, { agent: connection, headers }, (answer) => {
        const { localPort } = answer.socket;
        answer.resume().once('end', () => resolve([answer.statusCode, localPort]));
      });
      request.once('error', reject);
    });
  const [first, port] = await sent(emsp.hub.token!);
  expect([first, port]).toEqual([200, expect.any(Number)]);
  expect(await sent('nobody')).toEqual([401, port]);
  expect(await sent(emsp.hub.token!)).toEqual([200, port]);
  expect(await sent(thief.hub.token!)).toEqual([200, port]);
  expect(victim.received.map(({ headers }) => headers['ocpi-from-party-id'])).toEqual(['MSP', 'MSP', 'THF']);
  connection.destroy();
});
