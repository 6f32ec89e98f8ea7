/** Nothing that the hub writes or answers holds a secret: not its logs, not its database, not its queue. */
import { randomBytes, randomUUID } from 'node:crypto';
import { AdminClient, type CallAnswer, TestPlatform } from '@app/testkit';
import { Document } from '../contract/document';
import { freshDatabase, type FreshDatabase } from '../support/database';
import { HUB_PARTY, party } from '../support/hub';
import { freePort } from '../support/ports';
import { type AppName, startProcess, type TestProcess } from '../support/processes';
import { redisText } from '../support/redis';
import { sql } from '../support/store';
import { allSettled, until } from '../support/waiting';

const KEYS = {
  ADMIN_API_KEY: `admin-${randomUUID()}`,
  ENCRYPTION_KEY: randomBytes(32).toString('hex'),
};
const APPS: readonly AppName[] = ['router', 'admin', 'delivery', 'hubclientinfo'];
/** Where the machine has none, the queue is in the database. */
const redisUrl = process.env.TEST_REDIS_URL;
const secrets = new Map<string, string>();
/** Every answer of the operator's API, but for those that show a new secret this once. */
const answers: string[] = [];
const platforms: TestPlatform[] = [];

let database: FreshDatabase;
let processes: readonly TestProcess[] = [];
let admin: AdminClient;
let versionsUrl: string;

beforeAll(async () => {
  database = await freshDatabase();
  const port = String(await freePort());
  const env = {
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
  keep('ENCRYPTION_KEY as bytes', Buffer.from(KEYS.ENCRYPTION_KEY, 'hex').toString('latin1'));
}, 90_000);

afterAll(async () => {
  await Promise.all(platforms.map((one) => one.close()));
  await Promise.all(processes.map((one) => one.kill()));
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

async function send(method: string, path: string, body?: unknown): Promise<CallAnswer> {
  const answer = await admin.send(method, path, body);
  answers.push(`${method} ${path} ${JSON.stringify(answer.headers)} ${answer.body.toString()}`);
  return answer;
}

async function join(name: string, role: 'CPO' | 'EMSP'): Promise<TestPlatform & { readonly id: string }> {
  const platform = await TestPlatform.start({ name, roles: [party(name, role)] });
  platforms.push(platform);
  const { id, token_a } = await admin.createPlatform(name);
  keep(`token A of ${name}`, token_a);
  await platform.register(versionsUrl, token_a);
  keepTokens(platform, 'registration');
  return Object.assign(platform, { id });
}

function keepTokens(platform: TestPlatform, when: string): void {
  keep(`token of ${platform.name} after its ${when}`, platform.tokens.current);
  keep(`token of the hub for ${platform.name} after its ${when}`, platform.hub.token);
}

/** A day of a hub in a few seconds: all that touches a secret, and much that goes wrong. */
async function live(): Promise<readonly { readonly id: string }[]> {
  const [cpo, emsp] = [await join('NL*CPO', 'CPO'), await join('DE*MSP', 'EMSP')];
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
  const { data } = (await send('GET', '/audit?limit=500')).json<{ data: { id: string }[] }>();
  for (const { id } of data) await send('GET', `/audit/${id}`);
  for (const one of processes) answers.push(await (await fetch(`${one.url}/metrics`)).text());
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
