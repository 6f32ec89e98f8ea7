/** Nothing that the hub writes or answers holds a secret: not its logs, not its database, not its queue. */
import { createPrivateKey, randomBytes, randomUUID } from 'node:crypto';
import {
  AdminClient,
  type CallAnswer,
  testAuthority,
  type TestCertificate,
  TestPlatform,
  type TestPlatformOptions,
} from '@app/testkit';
import { Document } from '../contract/document';
import { freshDatabase, type FreshDatabase } from '../support/database';
import { HUB_PARTY, party } from '../support/hub';
import { freePort } from '../support/ports';
import { type AppName, launchProcess, startProcess, type TestProcess } from '../support/processes';
import { redisText } from '../support/redis';
import { sql } from '../support/store';
import { getSecurely, TlsFolder } from '../support/tls';
import { allSettled, until } from '../support/waiting';

const KEYS = {
  ADMIN_API_KEY: `admin-${randomUUID()}`,
  ENCRYPTION_KEY: randomBytes(32).toString('hex'),
  ENCRYPTION_KEYS_PREVIOUS: randomBytes(32).toString('hex'),
};
const APPS: readonly AppName[] = ['router', 'admin', 'delivery', 'hubclientinfo'];
/** Where the machine has none, the queue is in the database. */
const redisUrl = process.env.TEST_REDIS_URL;
const authority = testAuthority('authority of everybody here');
const [served, renewed] = [authority.issue('hub'), authority.issue('hub, renewed')];
const [shown, shownNext] = [authority.issue('client'), authority.issue('next client')];
const secrets = new Map<string, string>();
/** Every answer of the operator's API, but for those that show a new secret this once. */
const answers: string[] = [];
const platforms: TestPlatform[] = [];

let database: FreshDatabase;
let processes: TestProcess[] = [];
let env: Record<string, string> = {};
let folder: TlsFolder;
let admin: AdminClient;
let versionsUrl: string;

beforeAll(async () => {
  database = await freshDatabase();
  const port = String(await freePort());
  env = {
    ...{
      ...KEYS,
      DATABASE_URL: database.url,
      ...(redisUrl !== undefined && { REDIS_URL: redisUrl }),
      LOG_LEVEL: 'trace',
    },
    ...{ OCPI_PORT: port, PUBLIC_URL: `http://127.0.0.1:${port}`, BIND_HOST: '127.0.0.1' },
    ...{ ALLOW_PRIVATE_NETWORKS: 'true', DELIVERY_FIRST_RETRY_MS: '100', FORWARD_TIMEOUT_MS: '2000' },
  };
  processes = await Promise.all(
    APPS.map(async (app) => startProcess(app, app === 'router' ? env : { ...env, OCPI_PORT: port })),
  );
  admin = new AdminClient(processes[APPS.indexOf('admin')]!.url, KEYS.ADMIN_API_KEY);
  versionsUrl = `http://127.0.0.1:${port}/ocpi/versions`;
  for (const [name, value] of Object.entries(KEYS)) keep(name, value);
  for (const name of ['ENCRYPTION_KEY', 'ENCRYPTION_KEYS_PREVIOUS'] as const)
    keep(`${name} as bytes`, Buffer.from(KEYS[name], 'hex').toString('latin1'));
  for (const url of [database.url, redisUrl ?? database.url])
    keep(`password in ${url}`, new URL(url).password);
}, 90_000);

afterAll(async () => {
  await Promise.all(platforms.map((one) => one.close()));
  await Promise.all(processes.map((one) => one.kill()));
  folder?.remove();
  await database?.drop();
});

/** Notes a secret in each form in which it could turn up. */
function keep(name: string, value: string | null | undefined): void {
  if (!value) throw new Error(`there is no ${name}`);
  const bytes = Buffer.from(value, name.endsWith('as bytes') ? 'latin1' : 'utf8');
  secrets.set(name, value);
  for (const form of ['base64', 'base64url', 'hex'] as const) {
    secrets.set(`${name} (${form})`, bytes.toString(form).replace(/=+$/, ''));
  }
}

/** A private key by each of its lines and by the number that it is, however it is written down. */
function keepKey(name: string, { key }: TestCertificate): void {
  const { d } = createPrivateKey(key).export({ format: 'jwk' });
  keep(`${name} as bytes`, Buffer.from(d!, 'base64url').toString('latin1'));
  for (const [at, line] of key.split('\n').entries())
    if (/^[\w+/]{40}/.test(line)) keep(`${name}, line ${at}`, line);
}

async function send(method: string, path: string, body?: unknown): Promise<CallAnswer> {
  const answer = await admin.send(method, path, body);
  answers.push(`${method} ${path} ${JSON.stringify(answer.headers)} ${answer.body.toString()}`);
  return answer;
}

async function join(
  name: string,
  role: 'CPO' | 'EMSP',
  server?: TestPlatformOptions['server'],
): Promise<TestPlatform & { readonly id: string }> {
  const platform = await TestPlatform.start({ name, roles: [party(name, role)], ...(server && { server }) });
  platforms.push(platform);
  const { id, token_a } = await admin.createPlatform(name, [party(name, role)]);
  if (server) await showTo(id, shown);
  keep(`token A of ${name}`, token_a);
  await platform.register(versionsUrl, token_a);
  keepTokens(platform, 'registration');
  return Object.assign(platform, { id });
}

/** TLS with a platform that asks the hub for a client certificate; a key that fits no certificate is refused first. */
async function showTo(id: string, { cert, key }: TestCertificate): Promise<void> {
  const tls = { ca_pem: authority.cert, client_certificate_pem: cert };
  const wrong = authority.issue('of another key');
  keepKey('private key that was refused', wrong);
  expect((await put({ ...tls, client_private_key_pem: wrong.key })).httpStatus).toBe(400);
  expect((await put({ ...tls, client_private_key_pem: `${key.slice(0, 120)}\n` })).httpStatus).toBe(400);
  expect((await put({ ...tls, client_private_key_pem: key })).httpStatus).toBe(200);

  function put(body: object): Promise<CallAnswer> {
    return send('PUT', `/platforms/${id}/tls`, body);
  }
}

/** A router that serves TLS, with files that are renewed, and once are wrong. */
async function liveSecurely(token: string): Promise<void> {
  folder = new TlsFolder(served);
  const port = String(await freePort());
  const url = `https://127.0.0.1:${port}`;
  const router = await launchProcess('router', { ...env, ...folder.env, OCPI_PORT: port, PUBLIC_URL: url });
  processes.push(router);
  const look = async (): Promise<string> => {
    const headers = { Authorization: `Token ${Buffer.from(token).toString('base64')}` };
    const seen = await getSecurely(`${url}/ocpi/versions`, { ca: authority.cert, headers });
    return seen.httpStatus === 200 ? seen.fingerprint : 'refused';
  };
  const serves = ({ fingerprint }: TestCertificate): Promise<void> =>
    until(
      async () => (await look().catch(() => '')) === fingerprint,
      20_000,
      () => router.output(),
    );
  await serves(served);
  folder.writeKey(renewed.key);
  await until(async () => router.output().includes('new TLS files cannot be used'), 10_000);
  folder.writeCertificate(renewed.cert);
  await serves(renewed);
}

function keepTokens(platform: TestPlatform, when: string): void {
  keep(`token of ${platform.name} after its ${when}`, platform.tokens.current);
  keep(`token of the hub for ${platform.name} after its ${when}`, platform.hub.token);
}

/** A day of a hub in a few seconds: all that touches a secret, and much that goes wrong. */
async function live(): Promise<readonly { readonly id: string }[]> {
  for (const [name, pair] of Object.entries({ authority, served, renewed, shown, shownNext }))
    keepKey(`private key: ${name}`, pair);
  const asking = {
    ...authority.issue('emsp'),
    ca: authority.cert,
    requestCert: true,
    rejectUnauthorized: true,
  };
  const [cpo, emsp] = [await join('NL*CPO', 'CPO'), await join('DE*MSP', 'EMSP', asking)];
  await send('POST', `/platforms/${emsp.id}/capture`, {});
  await until(async () => {
    await push(cpo, 'DE*MSP', 'sessions');
    return (await send('GET', `/platforms/${emsp.id}/capture`)).json<{ messages: number }>().messages > 0;
  });
  emsp.answerWith(({ headers }) => ({ httpStatus: 500, body: `no: ${headers.authorization}` }));
  await push(cpo, 'DE*MSP', 'sessions');
  let refusals = 2;
  emsp.answerWith(() => (refusals-- > 0 ? { httpStatus: 503, body: emsp.tokens.current } : undefined));
  await push(cpo, HUB_PARTY, 'locations');
  await allSettled(database.url);
  await emsp.update();
  keepTokens(emsp, 'rotation');
  await send('POST', `/platforms/${emsp.id}/rotate-token`);
  keepTokens(emsp, 'rotation by the hub');
  await push(cpo, 'DE*NIX', 'sessions');
  await emsp.register(versionsUrl, 'a-token-that-is-wrong').catch(() => undefined);
  await showTo(emsp.id, shownNext);
  await push(cpo, 'DE*MSP', 'sessions');
  await liveSecurely(cpo.hub.token!);
  await change(emsp.id);
  return [cpo, emsp];
}

function push(cpo: TestPlatform, to: string, module: string): Promise<CallAnswer> {
  return cpo.call({
    ...{ module, interfaceRole: 'RECEIVER', method: 'PUT', from: 'NL*CPO', to },
    ...{ rest: '/NL/CPO/OBJECT-1', body: { id: 'OBJECT-1' } },
  });
}

/** Changes of the operator, a key and a fresh token A among them. */
async function change(id: string): Promise<void> {
  const { key } = await admin.ask<{ key: string }>('POST', '/api-keys', { name: 'clerk', role: 'operator' });
  keep('API key', key);
  const other = await admin.createPlatform('never registered');
  keep('token A that nobody used', other.token_a);
  keep('fresh token A', (await admin.tokenA(other.id)).token_a);
  await send('PUT', `/platforms/${id}/allowed-hosts`, { hosts: ['callbacks.example.com'] });
  await send('POST', `/platforms/${other.id}/register`, {
    ...{ versions_url: 'http://127.0.0.1:9/ocpi/versions', token_a: secretOf('token for a dead peer') },
  });
  await send('POST', '/platforms', { name: 7, token: secretOf('token in a bad input') });
  await send('POST', `/platforms/${other.id}/suspend`);
}

function secretOf(name: string): string {
  const value = randomUUID();
  keep(name, value);
  return value;
}

/** Asks every GET that the API has, about each platform. */
async function lookAtEverything(ids: readonly string[]): Promise<void> {
  const url = processes[APPS.indexOf('admin')]!.url;
  for (const { method, path } of (await Document.of(url)).operations) {
    if (method !== 'GET') continue;
    for (const id of ids) await send('GET', path.replace('/admin/v1', '').replace(/\{[^}]+\}/g, id));
  }
  for (const query of ['', '&outcome=refused']) {
    const { data } = (await send('GET', `/audit?limit=500${query}`)).json<{ data: { id: string }[] }>();
    for (const { id } of data) await send('GET', `/audit/${id}`);
  }
  for (const one of processes.slice(0, APPS.length))
    answers.push(await (await fetch(`${one.url}/metrics`)).text());
}

async function databaseText(): Promise<string> {
  const tables = await sql<{ name: string }>(
    database.url,
    `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
     WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
  );
  const texts = tables.map(({ name }) =>
    sql<{ text: string }>(database.url, `SELECT t::text AS text FROM ${name} t`),
  );
  return (await Promise.all(texts))
    .flat()
    .map(({ text }) => text)
    .join('\n');
}

/** The names of the secrets that a text holds, in any form. */
function foundIn(text: string): string[] {
  return [...secrets].filter(([, value]) => text.includes(value)).map(([name]) => name);
}

test('no log, no table, no key of Redis and no answer holds a secret', async () => {
  const joined = await live();
  await lookAtEverything(joined.map(({ id }) => id));
  const logs = processes.map((one) => one.output()).join('\n');
  const places = {
    logs,
    database: await databaseText(),
    redis: redisUrl === undefined ? '' : await redisText(redisUrl),
    answers: answers.join('\n'),
  };
  expect(places.logs).toContain('"level"');
  expect(places.database).toContain('OBJECT-1');
  expect(places.answers).toMatch(/startCapture[\s\S]*OBJECT-1|OBJECT-1[\s\S]*startCapture/);
  expect(secrets.size).toBeGreaterThan(50);
  const found = Object.entries(places).map(([place, text]) => [place, foundIn(text)]);
  expect(Object.fromEntries(found)).toEqual({ logs: [], database: [], redis: [], answers: [] });
}, 60_000);
