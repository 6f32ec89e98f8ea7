/**
 * Names that lead inside when the hub comes back to them: in the middle of a handshake, for a list that it reads by
 * itself, for a next page or a result days later, after a redirect. It never connects there, says nothing of what is
 * there, and serves everybody else all the while.
 */
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import {
  type AdminPage,
  type CallAnswer,
  type PlatformCall,
  type ProgrammedAnswer,
  type TestPlatform,
} from '@app/testkit';
import { Bystander } from '../support/bystander';
import { HUB_PARTY, type JoinedPlatform, party } from '../support/hub';
import { PUT, statusOf } from '../support/limits';
import { NamedHub, PUBLIC } from '../support/named-hub';
import { sql } from '../support/store';
import { until } from '../support/waiting';

/** One address of a name that is not public is enough: which of them is dialled is not for the hub to say. */
const INSIDE: Readonly<Record<string, readonly string[]>> = {
  'loopback.test': ['127.0.0.1'],
  'loopback6.test': ['::1'],
  'mapped.test': ['::ffff:127.0.0.1'],
  'metadata.test': ['169.254.169.254'],
  'lan.test': ['10.0.0.7'],
  'lan6.test': ['fd00::7'],
  'mixed.test': [PUBLIC, '127.0.0.1'],
  'mixed6.test': ['2620:fe::fe', '::1'],
};
const NAMES = Object.keys(INSIDE);
const LEAKED = /ECONN|EHOST|ENET|127\.0\.0\.1|::1|169\.254|10\.0\.0\.7|fd00:|meta-data|\bat .*\.[jt]s/;

const SESSION = { module: 'sessions', interfaceRole: 'RECEIVER', method: 'PUT', rest: '/NL/CPO/S1' } as const;
const LIST: PlatformCall = { module: 'tokens', interfaceRole: 'SENDER', method: 'GET' };
const COMMAND = {
  module: 'commands',
  interfaceRole: 'RECEIVER',
  method: 'POST',
  rest: '/STOP_SESSION',
} as const;

interface Leg {
  readonly state: string;
  readonly receiver: string;
  readonly last_error: string | null;
}

let hub: NamedHub;
let cpo: JoinedPlatform;
let emsp: JoinedPlatform;
let bystander: Bystander;
/** Every answer that the attackers got. */
const answers: CallAnswer[] = [];
const doors: Server[] = [];
/** What was connected to until the test began. */
let before = { met: 0, dialled: 0 };

beforeAll(async () => {
  hub = await NamedHub.start({ STATUS_HOLD_MS: '0', CONNECT_TIMEOUT_MS: '1000', FORWARD_TIMEOUT_MS: '2000' });
  for (const [name, addresses] of Object.entries(INSIDE)) hub.name(name, addresses);
  cpo = await hub.join('cpo.test', [party('NL*CPO', 'CPO')]);
  emsp = await hub.join('emsp.test', [party('DE*MSP', 'EMSP')]);
}, 60_000);
beforeEach(() => {
  cpo.clear();
  before = { met: hub.inner.connections, dialled: hub.dialled().length };
  bystander = new Bystander(() => cpo.call(PUT));
});
afterEach(async () => {
  await bystander.end();
  expect(hub.inner.connections - before.met).toBe(0);
  const dialled = hub.dialled().slice(before.dialled);
  expect(dialled.filter((address) => address !== PUBLIC)).toEqual([]);
  const said = answers.splice(0).map(({ headers, body }) => `${JSON.stringify(headers)} ${body.toString()}`);
  // The hub's own URL, and where a platform itself redirects to, are no secret of the network.
  const known = (text: string): string => text.replaceAll(hub.versionsUrl.replace('/versions', ''), '');
  const own = (text: string): string => text.replace(/leads to http:\/\/[a-z0-9.]+\.test:\d+\/[a-z-]+/g, '');
  expect(said.filter((text) => LEAKED.test(own(known(text))))).toEqual([]);
});
afterAll(async () => {
  for (const door of doors) door.close().closeAllConnections();
  await hub.close();
});

async function note(answer: Promise<CallAnswer>): Promise<number> {
  answers.push(await answer);
  return statusOf(answers.at(-1)!);
}

/** Registers, or updates its registration, with a versions URL of the attacker's choice. */
function credentials(platform: TestPlatform, method: 'POST' | 'PUT', url: string): Promise<number> {
  const body = { ...platform.credentialsWith(platform.tokens.current), url };
  const to = hub.versionsUrl.replace('versions', '2.2.1/credentials');
  return note(platform.follow(to, method, { body }));
}

/** Makes the hub begin the handshake. */
async function handshake({ id, tokens }: JoinedPlatform, url: string): Promise<string> {
  const call = { versions_url: url, token_a: tokens.current };
  answers.push(await hub.admin.send('POST', `/platforms/${id}/register`, call));
  return answers.at(-1)!.json<{ code: string }>().code;
}

/** Asks for each of the names in turn. */
async function each<T>(ask: (name: string) => Promise<T>): Promise<T[]> {
  const given: T[] = [];
  for (const name of NAMES) given.push(await ask(name));
  return given;
}

/** What came to the CPO besides the statuses of others. */
const commands = () => cpo.received.filter(({ module }) => module === 'commands');
const always = <T>(answer: T): T[] => NAMES.map(() => answer);

it('a handshake that the hub begins goes neither to such a place nor on to one', async () => {
  const host = await hub.invite('host.test', [party('FR*HST', 'CPO')]);
  expect(await each((name) => handshake(host, `${hub.innerAt(name)}/ocpi/versions`))).toEqual(
    always('peer_unusable'),
  );
  const lured = (part: 'details' | 'credentials') => (name: string) => {
    host.pointElsewhere({ [part]: hub.innerAt(name) });
    return handshake(host, host.versionsUrl);
  };
  expect(await each(lured('details'))).toEqual(always('peer_unusable'));
  expect(await each(lured('credentials'))).toEqual(always('peer_unusable'));
});

it('the name of the versions URL may lead elsewhere when its details are asked for, and is not followed', async () => {
  const thief = await hub.invite('moving.test', [party('FR*MOV', 'CPO')]);
  thief.pointElsewhere({ details: hub.innerAt('moving.test') });
  hub.name('moving.test', [PUBLIC], ['127.0.0.1']);
  expect(await credentials(thief, 'POST', thief.versionsUrl)).toBe(3001);
  expect(thief.configuration.all).toHaveLength(1);
});

it('lists are read at no such endpoint: GET All says who is left out, and nothing is pulled', async () => {
  for (const [n, name] of NAMES.entries())
    await hub.join(`at-${name}`, [party(`FR*C0${n}`, 'CPO')], { endpointOrigin: hub.innerAt(name) });
  expect(await note(emsp.call({ ...LIST, module: 'sessions', to: HUB_PARTY }))).toBe(1000);
  expect(
    answers
      .at(-1)!
      .json()
      .status_message?.match(/is left out/g),
  ).toHaveLength(NAMES.length);
  const pulled = `SELECT 1 FROM sync_state WHERE owner LIKE 'FR*C0%' AND last_error LIKE '%not public%'`;
  await until(async () => (await sql(hub.databaseUrl, pulled)).length === 2 * NAMES.length);
});

/** What becomes of the legs of a broadcast to some of its receivers. */
async function broadcast(receivers: RegExp): Promise<string[]> {
  const push = { ...SESSION, module: 'locations', body: '{}', to: HUB_PARTY };
  const answer = await cpo.call(push);
  expect(statusOf(answer)).toBe(1000);
  const path = `/deliveries?correlation_id=${answer.correlationId}&limit=100`;
  let legs: readonly Leg[] = [];
  const areOver = async (): Promise<boolean> => {
    const { data } = await hub.admin.ask<AdminPage<Leg>>('GET', path);
    legs = data.filter(({ receiver }) => receivers.test(receiver));
    return legs.length > 0 && legs.every(({ state }) => state !== 'waiting');
  };
  await until(areOver, 8_000, () => legs);
  return legs.map(({ state, last_error }) => `${state} ${last_error}`);
}

it('a response_url is refused at any name but the platform’s own', async () => {
  const command = (name: string) => {
    const body = { response_url: `${hub.innerAt(name)}/results/1`, session_id: 'S1' };
    return note(emsp.call({ ...COMMAND, body, to: 'NL*CPO' }));
  };
  expect(await each(command)).toEqual(always(2001));
  expect(commands()).toEqual([]);
});

it('a next page and the place of a CDR at a host that the operator allowed are handed out, and lead nobody to where its name leads now', async () => {
  const paging = await hub.invite('paging.test', [party('IT*PAG', 'EMSP')]);
  const allowed = `later.test:${new URL(hub.inner.origin).port}`;
  await hub.admin.ask('PUT', `/platforms/${paging.id}/allowed-hosts`, { hosts: [allowed] });
  hub.name('later.test', ['127.0.0.1']);
  paging.answerWith(({ method }) => pointers(method, hub.innerAt('later.test')));
  await paging.register(hub.versionsUrl, paging.hub.token!);
  expect(await linkAndLocation(paging, hub.innerAt('later.test'), 'IT*PAG')).toEqual([1000, 201]);
  const { link } = answers.at(-2)!.headers;
  const urls = [/<(.*)>/.exec(String(link))![1]!, answers.at(-1)!.headers.location!];
  for (const addresses of Object.values(INSIDE)) {
    hub.name('later.test', addresses);
    for (const url of urls) expect(await note(cpo.follow(url))).toBe(4003);
  }
  // Its tokens are read by the hub itself, too, page by page.
  const pull = `SELECT last_error FROM sync_state WHERE owner = 'IT*PAG' AND failures > 0`;
  await until(async () => (await sql(hub.databaseUrl, pull)).length > 0);
  expect(await sql(hub.databaseUrl, pull)).toEqual([{ last_error: expect.stringMatching(/not public/) }]);
});

/** A next page to a GET, the place of what was made to a POST. */
function pointers(method: string, origin: string): ProgrammedAnswer {
  if (method === 'GET') return { headers: { Link: `<${origin}/meta-data>; rel="next"` }, body: [] };
  return { httpStatus: 201, headers: { Location: `${origin}/meta-data` } };
}

async function linkAndLocation(platform: JoinedPlatform, origin: string, to: string): Promise<number[]> {
  platform.answerWith(({ method }) => pointers(method, origin));
  const cdr = { ...SESSION, module: 'cdrs', method: 'POST', rest: '' };
  const body = { country_code: 'NL', party_id: 'CPO', id: 'C1' };
  return [await note(cpo.call({ ...LIST, to })), await note(cpo.call({ ...cdr, body, to }))];
}

it.each([301, 302, 303, 307, 308])('a redirect (%i) is followed nowhere', async (status) => {
  const Location = `${hub.innerAt('loopback.test')}/meta-data`;
  const door = createServer((_, response) => response.writeHead(status, { Location }).end());
  doors.push(door);
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
  const origin = `http://emsp.test:${(door.address() as AddressInfo).port}`;
  const host = `door-${status}.test`;
  const thief = await hub.invite(host, [
    party(`ES*E0${status % 100}`, 'EMSP'),
    party(`ES*C0${status % 100}`, 'CPO'),
  ]);
  expect(await credentials(thief, 'POST', `${origin}/versions`)).toBe(3001);
  thief.pointElsewhere({ details: origin });
  expect(await credentials(thief, 'POST', thief.versionsUrl)).toBe(3001);
  thief.pointElsewhere({ credentials: origin });
  expect(await handshake(thief, thief.versionsUrl)).toBe('peer_unusable');
  await thief.register(hub.versionsUrl, thief.hub.token!);
  thief.answerWith(() => ({ httpStatus: status, headers: { Location } }));
  expect(await note(cpo.call({ ...SESSION, body: '{}', to: `ES*E0${status % 100}` }))).toBe(status);
  expect(await note(emsp.call({ ...LIST, module: 'sessions', to: HUB_PARTY }))).toBe(1000);
  expect(answers.at(-1)!.json().status_message).toContain(`ES*C0${status % 100} is left out`);
  expect(await broadcast(new RegExp(`^ES.E0${status % 100}`))).toEqual([`dead http_${status}`]);
});

const LATER = ['127.0.0.1', '::1', '::ffff:127.0.0.1', '169.254.169.254', '10.0.0.7'];

it.each([...LATER.entries()])(
  'a name that is public once and then something else (%i: %s) is met once',
  async (n, address) => {
    const [host, to] = [`turncoat-${n}.test`, `BE*T0${n}`];
    // Nothing that the hub would ask for by itself: each look-up is one of this test's.
    const modules = ['sessions', 'locations'].map((module) => ({
      module,
      interfaceRole: 'RECEIVER' as const,
    }));
    const turncoat = await hub.join(host, [party(to, 'EMSP')], { modules });
    await hub.partWith(turncoat);
    hub.name(host, [PUBLIC], [address]);
    const session = { ...SESSION, body: '{}', to };
    expect(await note(cpo.call(session))).toBe(1000);
    const body = { response_url: `${turncoat.origin}/results/1`, session_id: 'S1' };
    expect(await note(turncoat.call({ ...COMMAND, body, to: 'NL*CPO' }))).toBe(1000);
    const { response_url } = JSON.parse(commands().at(-1)!.body.toString()) as { response_url: string };
    await hub.partWith(turncoat);
    expect(await credentials(turncoat, 'PUT', turncoat.versionsUrl)).toBe(3001);
    expect(await broadcast(new RegExp(`^BE.T0${n}`))).toEqual(['dead destination_forbidden']);
    expect(await note(cpo.follow(response_url, 'POST', { body: { result: 'ACCEPTED' } }))).toBe(4003);
    for (const again of [session, session]) expect(await note(cpo.call(again))).toBe(4003);
    expect(turncoat.received.map(({ rest }) => rest)).toEqual(['/NL/CPO/S1']);
    // Whoever failed so often is asked whether it is alive, at the URL of its versions.
    const seen = async (): Promise<string[]> =>
      (await hub.admin.show(turncoat.id)).parties.map(({ status }) => status);
    await until(async () => (await seen()).join() === 'OFFLINE');
    expect(turncoat.configuration.all).toHaveLength(2);
  },
);
