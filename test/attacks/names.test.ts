/**
 * Names that lead into the operator's own network, or that lead elsewhere with each look-up: a whole hub, in a process
 * of its own, connects to nothing that is not public, wherever a peer has written such a name.
 */
import { type CallAnswer, type PlatformCall } from '@app/testkit';
import { Bystander } from '../support/bystander';
import { type JoinedPlatform, party } from '../support/hub';
import { NamedHub, PUBLIC } from '../support/named-hub';
import { until } from '../support/waiting';

/** Names whose look-up gives something that is not public: alone, behind something public, or before it. */
const PRIVATE: Readonly<Record<string, readonly string[]>> = {
  'loopback.test': ['127.0.0.1'],
  'metadata.test': ['169.254.169.254'],
  'ten.test': ['10.0.0.1'],
  'six.test': ['::1'],
  'mapped.test': ['::ffff:127.0.0.1'],
  'local.test': ['fd00::1'],
  'behind.test': [PUBLIC, '127.0.0.1'],
  'before.test': ['127.0.0.1', PUBLIC],
};
const NAMES = Object.keys(PRIVATE);
const INSIDE = /127\.0\.0\.1|169\.254|::1|fd00|10\.0\.0\.1|ECONNREFUSED|ENOTFOUND|at .*\.(ts|js):/;
const NOTICED_WITHIN_MS = 5_000;
const TOKENS: PlatformCall = { module: 'tokens', interfaceRole: 'SENDER', method: 'GET' };
const CDR: PlatformCall = {
  ...{ module: 'cdrs', interfaceRole: 'RECEIVER', method: 'POST' },
  body: '{"country_code":"NL","party_id":"CPO"}',
};
const PUT: PlatformCall = { module: 'sessions', interfaceRole: 'RECEIVER', method: 'PUT', body: '{}' };

let hub: NamedHub;
let cpo: JoinedPlatform;
let emsp: JoinedPlatform;
let bystander: Bystander;

beforeAll(async () => {
  hub = await NamedHub.start({ CONNECT_TIMEOUT_MS: '2000' });
  for (const [name, addresses] of Object.entries(PRIVATE)) hub.name(name, addresses);
  cpo = await hub.join('cpo.test', [party('NL*CPO', 'CPO')]);
  emsp = await hub.join('emsp.test', [party('DE*MSP', 'EMSP')]);
});
beforeEach(() => {
  bystander = new Bystander(() => cpo.call({ ...PUT, rest: '/NL/CPO/FINE', to: 'DE*MSP' }));
});
afterEach(async () => {
  await bystander.end();
  expect(hub.dialled().filter((address) => address !== PUBLIC)).toEqual([]);
  expect(hub.inner.connections).toBe(0);
});
afterAll(() => hub.close());

function expectRefused(answers: readonly CallAnswer[], statusCode: number): void {
  expect(answers.map((answer) => answer.json().status_code)).toEqual(answers.map(() => statusCode));
  for (const answer of answers) expect(answer.body.toString()).not.toMatch(INSIDE);
}

const credentialsUrl = (): string => hub.versionsUrl.replace('versions', '2.2.1/credentials');

it('the versions URL of who registers is not fetched', async () => {
  const thief = await hub.invite('thief.test', [party('FR*THF', 'CPO')]);
  const answers: CallAnswer[] = [];
  for (const name of NAMES) {
    const body = {
      ...thief.credentialsWith('token-of-the-thief'),
      url: `${hub.innerAt(name)}/ocpi/versions`,
    };
    answers.push(await thief.follow(credentialsUrl(), 'POST', { body }));
  }
  expectRefused(answers, 3001);
});

it('neither is that of who is registered and updates, who goes on as before', async () => {
  const answers: CallAnswer[] = [];
  for (const name of NAMES) {
    const body = { ...emsp.credentialsWith('another-token'), url: `${hub.innerAt(name)}/ocpi/versions` };
    answers.push(await emsp.follow(credentialsUrl(), 'PUT', { body }));
  }
  expectRefused(answers, 3001);
  expect((await emsp.credentials()).json().status_code).toBe(1000);
});

it('version details elsewhere than the versions are not fetched', async () => {
  const thief = await hub.invite('details.test', [party('FR*DET', 'CPO')]);
  const answers: CallAnswer[] = [];
  for (const name of NAMES) {
    thief.pointElsewhere({ details: hub.innerAt(name) });
    const body = thief.credentialsWith('token-of-the-thief');
    answers.push(await thief.follow(credentialsUrl(), 'POST', { body }));
  }
  expectRefused(answers, 3001);
});

it('where the hub registers itself, its credentials go to no such place', async () => {
  const host = await hub.start('host.test', [party('FR*HST', 'CPO')]);
  for (const name of NAMES) {
    host.pointElsewhere({ credentials: hub.innerAt(name) });
    const { id } = await hub.admin.createPlatform(`host at ${name}`);
    const body = { versions_url: host.versionsUrl, token_a: host.tokens.offer() };
    const { httpStatus } = await hub.admin.send('POST', `/platforms/${id}/register`, body);
    expect(httpStatus).toBeGreaterThanOrEqual(400);
  }
  expect(host.configuration.all.map(({ path }) => path)).toContain('/ocpi/2.2.1');
});

it('messages and deliveries to such an endpoint stay where they are', async () => {
  for (const [n, name] of NAMES.entries()) {
    const receiver = [party(`FR*E0${n}`, 'EMSP')];
    await hub.join(`at-${name}`, receiver, { endpointOrigin: hub.innerAt(name) });
  }
  const answers = await Promise.all(
    NAMES.map((_, n) => cpo.call({ ...PUT, rest: '/NL/CPO/S1', to: `FR*E0${n}` })),
  );
  expectRefused(answers, 4003);
  const push = { module: 'locations', interfaceRole: 'RECEIVER', method: 'PUT', rest: '/NL/CPO/L1' } as const;
  const pushed = await cpo.call({ ...push, body: '{"id":"L1"}', to: 'DE*HUB' });
  expect(pushed.json().status_code).toBe(1000);
  await emsp.waitFor(({ module }) => module === 'locations');
  await until(async () => (await deadDeliveries()).length === NAMES.length, NOTICED_WITHIN_MS);
  expect(new Set(await deadDeliveries())).toEqual(new Set(['destination_forbidden']));
});

async function deadDeliveries(): Promise<unknown[]> {
  const path = '/deliveries?module=locations&state=dead';
  const { data } = await hub.admin.ask<{ data: { last_error: unknown }[] }>('GET', path);
  return data.map((leg) => leg.last_error);
}

it('a name that was public when its platform registered, and is not any more, is not followed there', async () => {
  const place = hub.innerAt('rebound.test');
  // Nothing for which the hub would call it by itself while its name is still public.
  const modules = [{ module: 'sessions', interfaceRole: 'RECEIVER' }] as const;
  const reached = { endpointOrigin: place, modules };
  const rebound = await hub.join('rebound.test', [party('FR*REB', 'EMSP')], reached);
  hub.name('rebound.test', ['127.0.0.1']);
  expectRefused([await cpo.call({ ...PUT, rest: '/NL/CPO/S1', to: 'FR*REB' })], 4003);
  expectRefused([await resultFor(rebound, `${place}/results/1`)], 4003);
  expectRefused(
    [await rebound.follow(credentialsUrl(), 'PUT', { body: rebound.credentialsWith('x') })],
    3001,
  );
});

/** A command whose result is wanted at a URL, and what the CPO is answered when it brings the result. */
async function resultFor(sender: JoinedPlatform, responseUrl: string): Promise<CallAnswer> {
  const body = { response_url: responseUrl, location_id: 'L1' };
  const command = { module: 'commands', interfaceRole: 'RECEIVER', method: 'POST' } as const;
  const given = await sender.call({ ...command, rest: '/UNLOCK_CONNECTOR', body, to: 'NL*CPO' });
  expect(given.json().status_code).toBe(1000);
  const { body: received } = await cpo.waitFor(({ module }) => module === 'commands');
  const { response_url: url } = JSON.parse(received.toString()) as { response_url: string };
  return cpo.follow(url, 'POST', { body: '{"result":"ACCEPTED"}' });
}

it('a name whose addresses change with each look-up is connected to where it is public, or not at all', async () => {
  const flipping = await hub.join('flipping.test', [party('FR*FLP', 'EMSP')]);
  hub.name('flipping.test', ...Array.from({ length: 20 }, () => [[PUBLIC], ['127.0.0.1']]).flat());
  const statuses: unknown[] = [];
  for (let n = 0; n < 8; n++) {
    await flipping.restart(); // each message needs a connection of its own
    const answer = await cpo.call({ ...PUT, rest: `/NL/CPO/S${n}`, to: 'FR*FLP' });
    statuses.push(answer.json().status_code);
    expect(answer.body.toString()).not.toMatch(INSIDE);
  }
  expect(new Set(statuses)).toEqual(new Set([1000, 4003]));
  const sessions = flipping.received.filter(({ module }) => module === 'sessions');
  expect(sessions).toHaveLength(statuses.filter((status) => status === 1000).length);
});

it.each([
  ['a redirect', { ask: { ...PUT, rest: '/NL/CPO/S1' }, status: 307, header: 'Location' }],
  ['a Location', { ask: CDR, status: 201, header: 'Location' }],
  ['a next page', { ask: TOKENS, status: 200, header: 'Link' }],
] as const)('%s to such a name leads nobody there', async (_, { ask, status, header }) => {
  for (const name of NAMES) {
    const target = `${hub.innerAt(name)}/latest/meta-data`;
    const value = header === 'Link' ? `<${target}>; rel="next"` : target;
    emsp.answerWith(({ rest }) =>
      rest === '/NL/CPO/FINE' ? undefined : { httpStatus: status, headers: { [header]: value } },
    );
    const answer = await cpo.call({ ...ask, to: 'DE*MSP' });
    expect(JSON.stringify(answer.headers)).not.toMatch(/meta-data|\.test/);
  }
  emsp.clear();
});
