/** The operator has the hub rotate a platform's token. Spec: 2.2.1-d2 credentials, Updating the credentials. */
import { authorizationHeader } from '@app/ocpi';
import { type RunningApp } from '@app/runtime';
import { type AdminPlatform, type Credentials, type TestPlatform } from '@app/testkit';
import { type JoinedPlatform, party, startHub, type TestHub } from '../support/hub';
import { sql } from '../support/store';
import { until } from '../support/waiting';

const WITHIN_MS = 1_000;
let hub: TestHub;
let second: RunningApp & { readonly versionsUrl: string };
let emsp: JoinedPlatform;
let next = 0;

beforeAll(async () => {
  hub = await startHub({ FORWARD_TIMEOUT_MS: '700', TOKEN_GRACE_SECONDS: '2' });
  second = await hub.addRouter();
  emsp = await hub.join('emsp', [party('DE*MSP', 'EMSP')]);
});
afterAll(() => hub?.close());

const freshName = (): string => `NL*${String(next++).padStart(3, '0')}`;
const joined = (name = freshName()): Promise<JoinedPlatform> => hub.join('cpo', [party(name, 'CPO')]);

/** HTTP status of a GET of the hub's versions with a token, at a router. */
async function statusOf(platform: TestPlatform, token: string, url = hub.versionsUrl): Promise<number> {
  const headers = { Authorization: authorizationHeader(token) };
  return (await platform.follow(url, 'GET', { headers })).httpStatus;
}

/** The Credentials objects that the hub sent by PUT. */
function handedOver(platform: TestPlatform): Credentials[] {
  const puts = platform.configuration.all.filter(({ method }) => method === 'PUT');
  return puts.map(({ body }) => JSON.parse(body.toString()) as Credentials);
}

/** OCPI status of a message of the eMSP to a CPO, through a router. */
async function reached(to: string, versionsUrl = hub.versionsUrl): Promise<number> {
  const [country, id] = to.split('*');
  const headers = { 'OCPI-to-country-code': country, 'OCPI-to-party-id': id };
  const url = versionsUrl.replace('versions', '2.2.1/sender/locations');
  return (await emsp.follow(url, 'GET', { headers })).json().status_code;
}

/** OCPI status of a message of a CPO to the eMSP. */
async function sent(cpo: TestPlatform): Promise<number> {
  const call = { module: 'tariffs', interfaceRole: 'RECEIVER', method: 'PUT', to: 'DE*MSP' } as const;
  const { country_code, party_id } = cpo.credentialsWith('').roles[0]!;
  return (await cpo.call({ ...call, rest: `/${country_code}/${party_id}/T1`, body: {} })).json().status_code;
}

describe('the rotation of a token by the hub', () => {
  it('hands the platform a new token by PUT, authorised by the token that it gave, and takes its new one', async () => {
    const name = freshName();
    const cpo = await joined(name);
    const [old, oldOfPeer] = [cpo.hub.token!, cpo.tokens.current];
    const before = await hub.admin.show(cpo.id);
    cpo.clear();
    const shown = await hub.admin.rotateToken(cpo.id);

    const asked = cpo.configuration.all.map(({ method, path }) => `${method} ${path}`);
    expect(asked).toEqual(['GET /ocpi/versions', 'GET /ocpi/2.2.1', 'PUT /ocpi/2.2.1/credentials']);
    expect(cpo.configuration.all[2]?.headers.authorization).toBe(authorizationHeader(oldOfPeer));
    const [credentials] = handedOver(cpo);
    expect(credentials).toMatchObject({
      url: hub.versionsUrl,
      roles: [{ role: 'HUB', country_code: 'DE', party_id: 'HUB' }],
    });
    expect(credentials!.token).toBe(cpo.hub.token);
    expect([cpo.hub.token === old, cpo.tokens.current === oldOfPeer]).toEqual([false, false]);
    expect(shown).toEqual({ ...before, last_seen: shown.last_seen });
    expect([await sent(cpo), await reached(name)]).toEqual([1000, 1000]);
    expect(cpo.received.at(-1)?.headers.authorization).toBe(authorizationHeader(cpo.tokens.current));
  });

  it('holds on every router within a second', async () => {
    const name = freshName();
    const cpo = await joined(name);
    expect(await reached(name, second.versionsUrl)).toBe(1000);
    await hub.admin.rotateToken(cpo.id);
    const at = performance.now();
    expect(await statusOf(cpo, cpo.hub.token!, second.versionsUrl)).toBe(200);
    await until(async () => (await reached(name, second.versionsUrl)) === 1000, WITHIN_MS);
    expect(performance.now() - at).toBeLessThan(WITHIN_MS);
  });

  it('leaves the old token good until the new one is used', async () => {
    const cpo = await joined();
    const old = cpo.hub.token!;
    await hub.admin.rotateToken(cpo.id);
    expect(await statusOf(cpo, old)).toBe(200);
    expect(await statusOf(cpo, cpo.hub.token!)).toBe(200);
    await until(async () => (await statusOf(cpo, old)) === 401);
    expect(await statusOf(cpo, cpo.hub.token!)).toBe(200);
  });

  it('leaves the old token good for TOKEN_GRACE_SECONDS to a platform that does not use the new one', async () => {
    const cpo = await joined();
    const old = cpo.hub.token!;
    await hub.admin.rotateToken(cpo.id);
    expect(await statusOf(cpo, old)).toBe(200);
    await until(async () => (await statusOf(cpo, old)) === 401, 4_000);
  });

  it.each(['envelope_500', 'status_401', 'html', 'hang', 'reset_before_answer'] as const)(
    'changes nothing when the platform answers the PUT with %s: the old token works, the new one does not',
    async (kind) => {
      const name = freshName();
      const cpo = await joined(name);
      const before = await hub.admin.show(cpo.id);
      cpo.misbehave(kind, 'credentials');
      const answer = await hub.admin.send('POST', `/platforms/${cpo.id}/rotate-token`);
      expect(answer.json()).toMatchObject({
        ...{ status: 400, code: 'peer_unusable' },
        details: [{ field: 'id', message: expect.stringContaining('/ocpi/2.2.1/credentials') }],
      });
      const [credentials] = handedOver(cpo);
      for (const url of [hub.versionsUrl, second.versionsUrl]) {
        await until(async () => (await statusOf(cpo, credentials!.token, url)) === 401, WITHIN_MS);
        expect(await statusOf(cpo, cpo.hub.token!, url)).toBe(200);
      }
      expect([await sent(cpo), await reached(name)]).toEqual([1000, 1000]);
      const after: AdminPlatform = await hub.admin.show(cpo.id);
      expect(after).toEqual({ ...before, last_seen: after.last_seen });

      cpo.misbehave(null, 'credentials');
      await hub.admin.rotateToken(cpo.id);
      expect([await sent(cpo), await reached(name)]).toEqual([1000, 1000]);
    },
  );

  it('is one at a time: while the platform has not answered, a second is refused and does not reach it', async () => {
    const cpo = await joined();
    cpo.clear();
    cpo.misbehave('hang', 'credentials');
    const rotate = () => hub.admin.send('POST', `/platforms/${cpo.id}/rotate-token`);
    const first = rotate();
    await until(() => handedOver(cpo).length === 1);
    expect((await rotate()).json()).toMatchObject({ status: 409, code: 'handshake_running' });
    expect((await first).json()).toMatchObject({ status: 400, code: 'peer_unusable' });
    expect(cpo.configuration.all.map(({ method }) => method)).toEqual(['GET', 'GET', 'PUT']);

    cpo.misbehave(null, 'credentials');
    expect((await rotate()).httpStatus).toBe(200);
    expect(await sent(cpo)).toBe(1000);
  });

  it('does not lock out a platform that answers with a party of another one: its own parties stay', async () => {
    const name = freshName();
    const parties = [party(name, 'CPO')];
    const cpo = await hub.join('cpo', parties);
    const before = await hub.admin.show(cpo.id);
    parties.push(party('DE*MSP', 'EMSP'));
    await hub.admin.rotateToken(cpo.id);
    expect((await hub.admin.show(cpo.id)).parties).toEqual(before.parties);
    expect([await sent(cpo), await reached(name)]).toEqual([1000, 1000]);
  });

  it('is refused for a platform that is not registered', async () => {
    const { id } = await hub.admin.createPlatform('announced');
    const answer = await hub.admin.send('POST', `/platforms/${id}/rotate-token`);
    expect(answer.json()).toMatchObject({ status: 409, code: 'not_registered' });
  });

  it('shows no token, neither in its answer nor in the audit log', async () => {
    const cpo = await joined();
    const old = [cpo.hub.token!, cpo.tokens.current];
    const shown = await hub.admin.rotateToken(cpo.id);
    cpo.misbehave('envelope_500', 'credentials');
    const refused = await hub.admin.send('POST', `/platforms/${cpo.id}/rotate-token`);
    const audit = await sql(
      hub.settings.databaseUrl,
      'SELECT e::text, o::text AS outcome FROM audit_entries e JOIN audit_outcomes o ON o.entry_id = e.id',
    );
    const text = JSON.stringify([shown, refused.body.toString(), audit]);
    expect(text).toContain('rotateToken');
    const tokens = [...old, cpo.hub.token!, cpo.tokens.current, ...handedOver(cpo).map(({ token }) => token)];
    for (const token of tokens) {
      expect(text).not.toContain(token);
      expect(text).not.toContain(Buffer.from(token).toString('base64'));
    }
  });
});
