/** TLS with one platform, as the operator set it: certificates both ways, over real sockets. */
import { type Party } from '@app/ocpi';
import { authorization, type CallAnswer, testAuthority, type TestPlatform } from '@app/testkit';
import request from 'supertest';
import { type JoinedPlatform, party, startHub, type TestHub } from '../support/hub';
import { sql } from '../support/store';
import { TlsFolder } from '../support/tls';
import { until } from '../support/waiting';

const hubAuthority = testAuthority('authority of the hub');
const partners = testAuthority('authority of the partners');
const [own, other] = [partners.issue('cpo'), partners.issue('somebody else')];
const selfMade = testAuthority('self-made');
const CPO = party('NL*CPO', 'CPO');
const MSP = party('DE*MSP', 'EMSP');

let hub: TestHub;
let folder: TlsFolder;
let adminUrl: string;
beforeAll(async () => {
  hub = await startHub();
  adminUrl = hub.adminUrl;
  folder = new TlsFolder(hubAuthority.issue('hub'));
});
afterAll(async () => {
  await hub.close();
  folder.remove();
});

function tls(method: 'get' | 'put' | 'delete', id: string, body?: object): request.Test {
  const call = request(adminUrl)[method](`/admin/v1/platforms/${id}/tls`);
  return call.set('Authorization', `Bearer ${hub.settings.adminApiKey}`).send(body);
}

function push(
  from: TestPlatform,
  [sender, receiver]: readonly [Party, Party],
  more = {},
): Promise<CallAnswer> {
  const rest = `/${sender.countryCode}/${sender.partyId}/S1`;
  return from.call({
    ...{ interfaceRole: 'RECEIVER', module: 'sessions', method: 'PUT', rest, body: { id: 'S1' } },
    ...{ from: sender, to: receiver, ...more },
  });
}

describe('a platform with a pinned client certificate', () => {
  let cpo: JoinedPlatform;
  let versionsUrl: string;
  let plainUrl: string;
  let proxiedUrl: string;
  let strictUrl: string;

  beforeAll(async () => {
    const clientCa = folder.write('partners.pem', partners.cert);
    ({ versionsUrl } = await hub.addRouter(folder.env));
    ({ versionsUrl: strictUrl } = await hub.addRouter({ ...folder.env, TLS_CLIENT_CA_FILE: clientCa }));
    plainUrl = hub.versionsUrl;
    ({ versionsUrl: proxiedUrl } = await hub.addRouter({ TRUSTED_PROXIES: '10.9.0.0/16, 127.0.0.1' }));
    cpo = await hub.join('cpo', [CPO]);
    const pins = [own.fingerprint.toUpperCase().replace(/(..)(?!$)/g, '$1:'), selfMade.fingerprint];
    const { body } = await tls('put', cpo.id, { pinned_client_certificates: pins }).expect(200);
    expect(body).toMatchObject({ pinned_client_certificates: [own.fingerprint, selfMade.fingerprint] });
    await until(async () => (await status(plainUrl)) === 401);
  });

  /** A client with the platform's token, at one of the routers. */
  async function client(url: string, pair?: { cert: string; key: string }): Promise<TestPlatform> {
    const trusting = url.startsWith('https:') && { client: { ca: hubAuthority.cert, ...pair } };
    const platform = await hub.start('client', [CPO], { ...trusting });
    platform.hub.token = cpo.hub.token;
    return platform;
  }

  async function status(url: string, pair?: { cert: string; key: string }, headers = {}): Promise<number> {
    const platform = await client(url, pair);
    return (await platform.hub.send({ method: 'GET', url, headers })).httpStatus;
  }

  test('is served with that certificate, in functional messages and configuration modules', async () => {
    const msp = await hub.join('msp', [MSP]);
    const platform = await client(versionsUrl, own);
    await platform.hub.discover(versionsUrl, '2.2.1');
    expect((await push(platform, [CPO, MSP])).json().status_code).toBe(1000);
    expect(msp.received).toHaveLength(1);
  });

  test.each<[string, { cert: string; key: string } | undefined]>([
    ['no certificate', undefined],
    ['another certificate of the same authority', other],
  ])('gets 401 with %s, and nothing reaches the receiver', async (_, pair) => {
    const known = await client(versionsUrl, own);
    await known.hub.discover(versionsUrl, '2.2.1');
    const platform = await client(versionsUrl, pair);
    platform.hub.endpoints = known.hub.endpoints;
    const answer = await push(platform, [CPO, MSP]);
    expect(answer.httpStatus).toBe(401);
    expect(answer.json()).toMatchObject({ status_message: expect.stringContaining('client certificate') });
    expect(await status(versionsUrl, pair)).toBe(401);
  });

  test('cannot be played by a header where no proxy is trusted', async () => {
    for (const url of [plainUrl, versionsUrl])
      expect(await status(url, undefined, { 'Client-Cert': rfc9440(own.cert) })).toBe(401);
  });

  test('counts whoever signed it, unless the hub was given authorities', async () => {
    expect(await status(versionsUrl, selfMade)).toBe(200);
    expect(await status(strictUrl, selfMade)).toBe(401);
    expect(await status(strictUrl, own)).toBe(200);
  });

  test.each<[string, string | undefined, number]>([
    ['as RFC 9440 has it', rfc9440(own.cert), 200],
    ['as URL-encoded PEM', encodeURIComponent(own.cert), 200],
    ['of somebody else', rfc9440(other.cert), 401],
    ['among others', `${rfc9440(own.cert)}, ${rfc9440(other.cert)}`, 401],
    ['that is none', ':bm9uZQ==:', 401],
    ['that is missing', undefined, 401],
  ])('behind a trusted proxy: the certificate %s', async (_, value, expected) => {
    expect(await status(proxiedUrl, undefined, { 'Client-Cert': value })).toBe(expected);
  });

  test('asks nothing of other platforms', async () => {
    const nso = await hub.join('nso', [party('NL*NSO', 'EMSP')]);
    expect((await nso.credentials()).httpStatus).toBe(200);
  });
});

function rfc9440(pem: string): string {
  return `:${pem.replace(/-----[A-Z ]+-----|\s/g, '')}:`;
}

describe('a platform whose servers have certificates of an authority of its own', () => {
  const server = partners.issue('server');
  const MTLS = { ...server, ca: partners.cert, requestCert: true, rejectUnauthorized: true };
  const SPO = party('BE*SPO', 'CPO');
  const SMS = party('BE*SMS', 'EMSP');

  test('cannot register until the operator names that authority, and is then reached', async () => {
    const platform = await hub.start('private', [SMS], { server });
    const { id, token_a } = await hub.admin.createPlatform('private', [SMS]);
    await expect(platform.register(hub.versionsUrl, token_a)).rejects.toThrow('3001');
    await tls('put', id, { ca_pem: partners.cert }).expect(200);
    await until(
      () =>
        platform.register(hub.versionsUrl, token_a).then(
          () => true,
          () => false,
        ),
      2_000,
    );
    const cpo = await hub.join('spo', [SPO]);
    expect((await push(cpo, [SPO, SMS])).json().status_code).toBe(1000);

    await tls('put', id, { ca_pem: hubAuthority.cert }).expect(200);
    await until(async () => (await push(cpo, [SPO, SMS])).json().status_code === 4003, 2_000);
    await tls('put', id, { ca_pem: partners.cert }).expect(200);
    await until(async () => (await push(cpo, [SPO, SMS])).json().status_code === 1000, 2_000);
    await tls('delete', id).expect(204);
    await until(async () => (await push(cpo, [SPO, SMS])).json().status_code === 4003, 2_000);
  });

  test('and that demands a client certificate is registered at by the hub with the one that was set', async () => {
    const OWN = party('BE*MTL', 'EMSP');
    const platform = await hub.start('mtls', [OWN], { server: MTLS });
    const { id } = await hub.admin.createPlatform('mtls', [OWN]);
    const register = (): request.Test =>
      request(adminUrl)
        .post(`/admin/v1/platforms/${id}/register`)
        .set('Authorization', `Bearer ${hub.settings.adminApiKey}`)
        .send({ versions_url: platform.versionsUrl, token_a: platform.tokens.current });
    await tls('put', id, { ca_pem: partners.cert }).expect(200);
    await register().expect(400);
    expect(platform.configuration.all).toEqual([]);
    const shown = partners.issue('hub as a client');
    const given = { client_certificate_pem: shown.cert, client_private_key_pem: shown.key };
    const { body } = await tls('put', id, { ca_pem: partners.cert, ...given }).expect(200);
    expect(body).toMatchObject({
      authorities: [{ subject: 'CN=authority of the partners', fingerprint: partners.fingerprint }],
      client_certificates: [{ subject: 'CN=hub as a client', fingerprint: shown.fingerprint }],
    });
    await register().expect(200);
    const cpo = await hub.join('bpo', [party('BE*BPO', 'CPO')]);
    const answer = await push(cpo, [party('BE*BPO', 'CPO'), OWN]);
    expect(answer.json().status_code).toBe(1000);
    await keyIsNowhere(id, shown.key);
  });

  test('and is registered at when the operator writes its id in capitals, too', async () => {
    const OWN = party('BE*CAP', 'EMSP');
    const platform = await hub.start('capitals', [OWN], { server: MTLS });
    const id = (await hub.admin.createPlatform('capitals', [OWN])).id.toUpperCase();
    const shown = partners.issue('hub as a client');
    const given = { client_certificate_pem: shown.cert, client_private_key_pem: shown.key };
    await tls('put', id, { ca_pem: partners.cert, ...given }).expect(200);
    const peer = { versions_url: platform.versionsUrl, token_a: platform.tokens.current };
    await hub.admin.ask('POST', `/platforms/${id}/register`, peer);
    const CCP = party('BE*CCP', 'CPO');
    const answer = await push(await hub.join('ccp', [CCP]), [CCP, OWN]);
    expect(answer.json().status_code).toBe(1000);
  });

  /** Neither in an answer of the API, its audit log included, nor in the database. */
  async function keyIsNowhere(id: string, key: string): Promise<void> {
    const secret = key.split('\n')[1]!;
    const { text } = await tls('get', id).expect(200);
    expect(text).not.toContain('PRIVATE KEY');
    const rows = await sql(hub.settings.databaseUrl, 'SELECT p::text AS row FROM platforms p');
    const audit = await sql(
      hub.settings.databaseUrl,
      'SELECT a::text AS row FROM audit_entries a UNION ALL SELECT o::text FROM audit_outcomes o',
    );
    expect(audit.length).toBeGreaterThan(0);
    const everything = JSON.stringify([rows, audit]);
    for (const form of [secret, Buffer.from(secret).toString('hex')]) expect(everything).not.toContain(form);
  }
});

describe('what the operator sets', () => {
  const DAY_MS = 86_400_000;
  const day = (n: number): Date => new Date(Date.now() + n * DAY_MS);
  const pair = partners.issue('fine');
  const expired = partners.issue('expired', [day(-3), day(-2)]);
  const early = partners.issue('early', [day(2), day(3)]);

  test.each<[string, object, RegExp]>([
    ['ca_pem', { ca_pem: 'x' }, /PEM/],
    ['ca_pem', { ca_pem: expired.cert }, /certificate 1 of 1 expired/],
    ['ca_pem', { ca_pem: partners.cert + early.cert }, /certificate 2 of 2 is not valid before/],
    ['client_private_key_pem', { client_certificate_pem: pair.cert }, /missing/],
    ['client_certificate_pem', { client_private_key_pem: pair.key }, /missing/],
    [
      'client_certificate_pem',
      { client_certificate_pem: expired.cert, client_private_key_pem: expired.key },
      /expired/,
    ],
    ['client_private_key_pem', { client_certificate_pem: pair.cert, client_private_key_pem: 'x' }, /PEM/],
    [
      'client_private_key_pem',
      { client_certificate_pem: pair.cert, client_private_key_pem: other.key },
      /not the key/,
    ],
    ['pinned_client_certificates', { pinned_client_certificates: ['ab'] }, /64 hex digits/],
    [
      'pinned_client_certificates',
      { pinned_client_certificates: Array.from({ length: 11 }, (_, n) => n.toString(16).padStart(64, '0')) },
      /10/,
    ],
    ['ca', { ca: pair.cert }, /exist/],
  ])('is refused by the name of its field: %s %#', async (field, input, message) => {
    const { id } = await hub.admin.createPlatform('fields');
    const { body } = await tls('put', id, input).expect(400);
    const { details } = body as { details: { field: string; message: string }[] };
    expect(details).toEqual([{ field, message: expect.stringMatching(message) }]);
    await tls('get', id).expect(200, {
      authorities: [],
      client_certificates: [],
      pinned_client_certificates: [],
    });
  });

  test('needs a platform', async () => {
    const nobody = '00000000-0000-4000-8000-000000000000';
    for (const method of ['get', 'put', 'delete'] as const) await tls(method, nobody, {}).expect(404);
  });
});

test('a client certificate header never crosses to the receiver', async () => {
  const [cpo, msp] = [party('FR*CPO', 'CPO'), party('FR*MSP', 'EMSP')];
  const sender = await hub.join('fr-cpo', [cpo]);
  const receiver = await hub.join('fr-msp', [msp]);
  const headers = { 'Client-Cert': rfc9440(own.cert), Authorization: authorization(sender.hub.token!) };
  expect((await push(sender, [cpo, msp], { headers })).json().status_code).toBe(1000);
  expect(receiver.received[0]!.headers['client-cert']).toBeUndefined();
});
