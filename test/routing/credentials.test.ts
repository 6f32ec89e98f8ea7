/** The credentials handshake as a platform's integrator meets it. Spec: 2.2.1-d2 credentials. */
import { authorizationHeader } from '@app/ocpi';
import { type CallAnswer, TestPlatform, type TestPlatformOptions } from '@app/testkit';
import { type JoinedPlatform, party, startHub, type TestHub } from '../support/hub';
import { until } from '../support/waiting';

let hub: TestHub;
const started: TestPlatform[] = [];

beforeAll(async () => {
  hub = await startHub({ FORWARD_TIMEOUT_MS: '700', TOKEN_GRACE_SECONDS: '2' });
});
afterAll(async () => {
  for (const platform of started) await platform.close();
  await hub.close();
});

let next = 0;
/** A pair that no other test uses. */
function freshParty(role: 'CPO' | 'EMSP' = 'CPO') {
  return party(`NL*${String(next++).padStart(3, '0')}`, role);
}

/** A platform that the operator created and that has not registered yet. */
async function invited(
  options: Partial<TestPlatformOptions> = {},
  planned?: ReturnType<typeof freshParty>[],
) {
  const roles = options.roles ?? [freshParty()];
  const platform = await TestPlatform.start({ name: 'invited', ...options, roles });
  started.push(platform);
  const { id, token_a } = await hub.admin.createPlatform('invited', planned ?? roles);
  platform.hub.token = token_a;
  return { platform, id, tokenA: token_a };
}

const withToken = (token: string) => ({ headers: { Authorization: authorizationHeader(token) } });
const versions = (platform: TestPlatform, token: string) =>
  platform.follow(hub.versionsUrl, 'GET', withToken(token));

async function post(platform: TestPlatform, change: object = {}): Promise<CallAnswer> {
  await platform.hub.discover(hub.versionsUrl, platform.version);
  const body = { ...platform.credentialsWith(platform.tokens.offer()), ...change };
  return platform.follow(platform.hub.endpoint('credentials', 'SENDER'), 'POST', { body });
}

function expectRefused(answer: CallAnswer, httpStatus: number, status: number, words: RegExp): void {
  const { status_code, status_message } = answer.json();
  expect([answer.httpStatus, status_code]).toEqual([httpStatus, status]);
  expect(status_message).toMatch(words);
}

describe('POST credentials', () => {
  it('registers: the hub shows itself as HUB alone, token C works and token A is dead', async () => {
    const { platform, id, tokenA } = await invited();
    const answer = await platform.register(hub.versionsUrl, tokenA);
    const { data } = answer.json<{ data: { token: string; url: string; roles: object[] } }>();
    expect(data.url).toBe(hub.versionsUrl);
    expect(data.roles).toEqual([
      { role: 'HUB', country_code: 'DE', party_id: 'HUB', business_details: { name: hub.settings.hubName } },
    ]);
    expect((await versions(platform, data.token)).httpStatus).toBe(200);
    expect((await versions(platform, tokenA)).httpStatus).toBe(401);
    expect(await hub.admin.show(id)).toMatchObject({ status: 'CONNECTED', version: '2.2.1' });
  });

  it('fetches versions and details with the token that the platform hands over', async () => {
    const { platform, tokenA } = await invited();
    await platform.register(hub.versionsUrl, tokenA);
    const asked = platform.configuration.all.map(({ method, path }) => `${method} ${path}`);
    expect(asked).toEqual(['GET /ocpi/versions', 'GET /ocpi/2.2.1']);
    for (const { headers } of platform.configuration.all) {
      expect(platform.tokens.allow(headers.authorization)).toBe(true);
      expect(headers['ocpi-to-party-id']).toBeUndefined();
    }
  });

  it('takes a token that a 2.2 system presents without Base64', async () => {
    const { platform, tokenA } = await invited();
    const answer = await platform.follow(hub.versionsUrl, 'GET', {
      headers: { Authorization: `Token ${tokenA}` },
    });
    expect(answer.httpStatus).toBe(200);
  });

  it('registers on the version of the endpoint that was called', async () => {
    const { platform, id, tokenA } = await invited({ version: '2.2', versions: ['2.2', '2.2.1'] });
    await platform.register(hub.versionsUrl, tokenA);
    expect(await hub.admin.show(id)).toMatchObject({ version: '2.2' });
  });

  it('is HTTP 405 for who is registered already', async () => {
    const { platform, tokenA } = await invited();
    await platform.register(hub.versionsUrl, tokenA);
    const answer = await post(platform);
    expectRefused(answer, 405, 2000, /already registered/);
    expect(answer.headers.allow).toBe('GET, PUT, DELETE');
  });

  it.each([
    ['token', { token: 'white space' }, /token/],
    ['token', { token: 'x'.repeat(65) }, /token/],
    ['url', { url: 'ftp://x' }, /url/],
    ['roles', { roles: [] }, /roles/],
    ['roles[0].role', { roles: [{ role: 'KING', party_id: 'ABC', country_code: 'NL' }] }, /roles\[0\]\.role/],
    [
      'roles[0].party_id',
      { roles: [{ role: 'CPO', party_id: 'ABCD', country_code: 'NL' }] },
      /roles\[0\]\.party_id/,
    ],
    [
      'roles[0].country_code',
      { roles: [{ role: 'CPO', party_id: 'ABC', country_code: 'N1' }] },
      /country_code/,
    ],
    ['the hub itself', { roles: [{ role: 'CPO', party_id: 'HUB', country_code: 'DE' }] }, /is the hub/],
  ])('with a wrong %s is 2001 that names it, and token A still works', async (_, change, words) => {
    const { platform, tokenA } = await invited();
    expectRefused(await post(platform, change), 200, 2001, words);
    await platform.register(hub.versionsUrl, tokenA);
  });

  it.each(['hang', 'html', 'status_401', 'envelope_500', 'reset_before_answer'] as const)(
    'of a platform whose API does %s is 3001, and token A still works after it',
    async (kind) => {
      const { platform, tokenA } = await invited();
      platform.misbehave(kind, 'configuration');
      expectRefused(await post(platform), 200, 3001, /cannot be used/);
      platform.misbehave(null, 'configuration');
      await platform.register(hub.versionsUrl, tokenA);
    },
  );

  it('of a platform that lists no version of the hub is 3002', async () => {
    const { platform } = await invited({ versions: ['2.1.1'] });
    expectRefused(await post(platform), 200, 3002, /2\.2\.1.*lists 2\.1\.1/);
  });

  it('of a platform without any functional module is 3003', async () => {
    const { platform } = await invited({ modules: [] });
    expectRefused(await post(platform), 200, 3003, /no functional module/);
  });

  it('of a platform with an endpoint that is no absolute URL is 3001, and names the endpoint', async () => {
    const { platform } = await invited({ endpointOrigin: '//elsewhere' });
    expectRefused(await post(platform), 200, 3001, /used: endpoints\[\d\] at \S+: url of \S+ must be an abs/);
  });

  it('of a party that another platform holds is 2001, nothing changes, and the message still reaches the holder', async () => {
    const shared = freshParty();
    const holder = await hub.join('holder', [shared]);
    const sender = await hub.join('sender', [freshParty('EMSP')]);
    const { platform, id, tokenA } = await invited({ roles: [freshParty(), shared] }, []);
    expectRefused(
      await post(platform),
      200,
      2001,
      new RegExp(`another platform holds.*CPO NL\\*${shared.partyId}`),
    );
    expect(await hub.admin.show(id)).toMatchObject({ status: 'PLANNED', parties: [] });
    expect((await versions(platform, tokenA)).httpStatus).toBe(200);
    await sender.call({ module: 'locations', interfaceRole: 'SENDER', method: 'GET', to: shared });
    expect(holder.received).toHaveLength(1);
  });

  it('may use a pair that is a CPO elsewhere as an eMSP: module and interface choose the platform', async () => {
    const pair = freshParty('CPO');
    const cpo = await hub.join('cpo', [pair]);
    const emsp = await hub.join('emsp', [{ ...pair, role: 'EMSP' }]);
    const own = freshParty('EMSP');
    const caller = await hub.join('caller', [own]);
    await caller.call({
      module: 'tokens',
      interfaceRole: 'RECEIVER',
      method: 'GET',
      rest: `/${own.countryCode}/${own.partyId}/1`,
      to: pair,
    });
    await caller.call({ module: 'tokens', interfaceRole: 'SENDER', method: 'GET', to: pair });
    expect([cpo.received.map((r) => r.interfaceRole), emsp.received.map((r) => r.interfaceRole)]).toEqual([
      ['RECEIVER'],
      ['SENDER'],
    ]);
  });

  it('of other parties than the operator announced is 2001; of the announced ones it succeeds', async () => {
    const announced = freshParty();
    const { platform, tokenA } = await invited({ roles: [announced] }, [announced]);
    const other = [{ role: 'CPO', party_id: 'ZZZ', country_code: 'NL' }];
    expectRefused(await post(platform, { roles: other }), 200, 2001, /announced other parties: CPO NL\*ZZZ/);
    await platform.register(hub.versionsUrl, tokenA);
  });
});

describe('GET credentials', () => {
  it('answers with the token that was presented', async () => {
    const { platform, tokenA } = await invited();
    await platform.hub.discover(hub.versionsUrl, '2.2.1');
    const before = await platform.credentials();
    expect(before.json<{ data: { token: string } }>().data.token).toBe(tokenA);
    await platform.register(hub.versionsUrl, tokenA);
    const after = await platform.credentials();
    expect(after.json<{ data: { token: string } }>().data.token).toBe(platform.hub.token);
  });
});

describe('PUT credentials', () => {
  it('is HTTP 405 for who is not registered yet', async () => {
    const { platform } = await invited();
    await platform.hub.discover(hub.versionsUrl, '2.2.1');
    const answer = await platform.hub.credentials('PUT', platform.credentialsWith('B'));
    expectRefused(answer, 405, 2000, /not registered/);
    expect(answer.headers.allow).toBe('GET, POST');
  });

  it('rotates: messages go on with the new token in both directions, the old one dies with the first use of the new', async () => {
    const platform = await hub.join('rotating', [freshParty()]);
    const peer = await hub.join('peer', [freshParty('EMSP')]);
    const old = platform.hub.token!;
    await platform.update();
    expect(platform.hub.token).not.toBe(old);
    expect((await versions(platform, old)).httpStatus).toBe(200);
    expect((await versions(platform, platform.hub.token!)).httpStatus).toBe(200);
    await until(async () => (await versions(platform, old)).httpStatus === 401);
    const to = platform.credentialsWith('').roles[0]!;
    const key = `${to.country_code}*${to.party_id}`;
    const answer = await peer.call({ module: 'locations', interfaceRole: 'SENDER', method: 'GET', to: key });
    expect(answer.json().status_code).toBe(1000);
  });

  it('whose answer was lost locks nobody out: the old token works for TOKEN_GRACE_SECONDS, then it is dead', async () => {
    const platform = await hub.join('lossy', [freshParty()]);
    const old = platform.hub.token!;
    await platform.update();
    expect((await versions(platform, old)).httpStatus).toBe(200);
    await until(async () => (await versions(platform, old)).httpStatus === 401, 4_000);
  });

  it('that fails leaves the old tokens and endpoints as they were', async () => {
    const platform = await hub.join('failing', [freshParty()]);
    const peer = await hub.join('peer', [freshParty('EMSP')]);
    platform.misbehave('html', 'configuration');
    await expect(platform.update()).rejects.toThrow(/3001/);
    platform.misbehave(null, 'configuration');
    expect((await versions(platform, platform.hub.token!)).httpStatus).toBe(200);
    const [role] = platform.credentialsWith('').roles;
    const to = `${role!.country_code}*${role!.party_id}`;
    const answer = await peer.call({ module: 'locations', interfaceRole: 'SENDER', method: 'GET', to });
    expect(answer.json().status_code).toBe(1000);
  });

  it('cannot take over the party of another platform', async () => {
    const victim: JoinedPlatform = await hub.join('victim', [freshParty()]);
    const thief = await hub.join('thief', [freshParty()]);
    const { roles } = victim.credentialsWith('');
    await expect(thief.update({ roles })).rejects.toThrow(/2001/);
  });
});

describe('DELETE credentials', () => {
  it('unregisters: the token is dead, the party is SUSPENDED, and it can register again', async () => {
    const own = freshParty();
    const { platform, id, tokenA } = await invited({ roles: [own] });
    await platform.register(hub.versionsUrl, tokenA);
    expect((await platform.unregister()).json().status_code).toBe(1000);
    expect((await platform.credentials()).httpStatus).toBe(401);
    expect(await hub.admin.show(id)).toMatchObject({
      status: 'SUSPENDED',
      parties: [{ status: 'SUSPENDED' }],
    });
    const again = await hub.admin.tokenA(id);
    await platform.register(again.versions_url, again.token_a);
    expect(await hub.admin.show(id)).toMatchObject({
      status: 'CONNECTED',
      parties: [{ status: 'CONNECTED' }],
    });
  });

  it('is HTTP 405 for who is not registered', async () => {
    const { platform } = await invited();
    await platform.hub.discover(hub.versionsUrl, '2.2.1');
    expectRefused(await platform.unregister(), 405, 2000, /not registered/);
  });
});

describe('the hub as the one that starts', () => {
  it('registers itself at a platform, and messages flow both ways', async () => {
    const own = freshParty();
    const platform = await TestPlatform.start({ name: 'receiver', roles: [own] });
    started.push(platform);
    const peer = await hub.join('peer', [freshParty('EMSP')]);
    const { id } = await hub.admin.createPlatform('receiver', [own]);
    const tokenA = platform.tokens.offer();
    const shown = await hub.admin.register(id, platform.versionsUrl, tokenA);
    expect(shown).toMatchObject({ status: 'CONNECTED', parties: [{ party_id: own.partyId }] });
    await peer.call({ module: 'locations', interfaceRole: 'SENDER', method: 'GET', to: own });
    expect(platform.received).toHaveLength(1);
  });
});
