/** Bodies that are meant to fill the hub's memory, to it and from it: they are refused, cut off, and not kept. */
import { type CallAnswer, MisbehavingParty, type PlatformCall } from '@app/testkit';
import { brotliCompressSync, constants, deflateSync, gzipSync } from 'node:zlib';
import { Bystander } from '../support/bystander';
import { flood, FLOOD_BYTES, FloodingServer, type Framing, framingLine, FRAMINGS } from '../support/flood';
import { type JoinedPlatform, party } from '../support/hub';
import { authorized, head, statusOf } from '../support/limits';
import { NamedHub, PUBLIC } from '../support/named-hub';
import { sql } from '../support/store';
import { until } from '../support/waiting';

const MEBIBYTE = 1024 * 1024;
const AT_ONCE = 5;
/** What the systems on both sides hold for a connection whose reader has stopped, and then some. */
const MOST_TAKEN = FLOOD_BYTES / 4;
/** The attackers of each test together send half a gigabyte, or have a gigabyte unpacked. */
const MOST_MORE_MEMORY = 150 * MEBIBYTE;
/** They take a second or two, and a busy machine some more; what is waited for takes longer. */
const LONGEST_MS = 25_000;
jest.setTimeout(2 * LONGEST_MS);
const SPACES = Buffer.alloc(256 * MEBIBYTE, ' ');
const BOMB = gzipSync(SPACES);
/** Under each name that a body may say it is packed by. */
const BOMBS: readonly (readonly [string, Buffer])[] = [
  ['gzip', BOMB],
  ['deflate', deflateSync(SPACES)],
  ['br', brotliCompressSync(SPACES, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } })],
];
const PUT: PlatformCall = { module: 'sessions', interfaceRole: 'RECEIVER', method: 'PUT' };
const FINE = { ...PUT, rest: '/FR/CPO/FINE', body: '{}', to: 'DE*MSP' };

let hub: NamedHub;
let cpo: JoinedPlatform;
let other: JoinedPlatform;
let emsp: JoinedPlatform;
const servers = new Map<Framing, FloodingServer>();
let bystander: Bystander;
let memory: Memory;
/** What the hub had in memory before all of it, in bytes. */
let usual = 0;
/** When the test began, in ms. */
let began = 0;

beforeAll(async () => {
  hub = await NamedHub.start({ MAX_HELD_BODY_BYTES: String(32 * MEBIBYTE) });
  cpo = await hub.join('cpo.test', [party('NL*CPO', 'CPO')]);
  other = await hub.join('other.test', [party('FR*CPO', 'CPO')]);
  emsp = await hub.join('emsp.test', [party('DE*MSP', 'EMSP')]);
  for (const framing of FRAMINGS) servers.set(framing, await FloodingServer.start(framing));
  usual = await hub.residentBytes();
});
beforeEach(async () => {
  emsp.clear();
  memory = new Memory(hub, usual);
  began = performance.now();
  bystander = new Bystander(() => other.call(FINE));
});
afterEach(async () => {
  const growth = await memory.growth();
  await bystander.end();
  expect(performance.now() - began).toBeLessThan(LONGEST_MS);
  expect(growth).toBeLessThan(MOST_MORE_MEMORY);
});
afterAll(async () => {
  await hub.close();
  for (const server of servers.values()) await server.close();
});

/** The most that the hub's process has in memory, over what it had in the beginning. */
class Memory {
  private most = 0;
  /** A look that fails now fails at the end, too. */
  private readonly timer = setInterval(() => void this.look().catch(() => undefined), 50);

  constructor(
    private readonly watched: NamedHub,
    private readonly before: number,
  ) {}

  async growth(): Promise<number> {
    clearInterval(this.timer);
    await this.look();
    return this.most - this.before;
  }

  private async look(): Promise<void> {
    this.most = Math.max(this.most, await this.watched.residentBytes());
  }
}

/** What the receiver got of callers, besides what the bystander sent. */
const strange = () => emsp.received.filter(({ rest, method }) => rest !== FINE.rest && method !== 'GET');

/** A platform whose functional endpoints are those of a server. */
async function joinAt(server: FloodingServer, name: string, pair: string): Promise<void> {
  await hub.join(name, [party(pair, 'EMSP')], { endpointOrigin: server.originAs(name) });
}

async function expectCutOff(server: FloodingServer): Promise<void> {
  expect(server.taken.length).toBeGreaterThan(0);
  for (const taken of await Promise.all(server.taken)) expect(taken).toBeLessThan(MOST_TAKEN);
}

function isTooLarge(answer: CallAnswer): boolean {
  const { status_code, status_message } = answer.json();
  return status_code === 4000 && /too large/.test(String(status_message));
}

const repeated = <T>(work: () => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: AT_ONCE }, work));

it.each(FRAMINGS)('requests of 100 MB, %s, are refused and not read to the end', async (framing) => {
  const to = ['OCPI-to-country-code: DE', 'OCPI-to-party-id: MSP', framingLine(framing)];
  const text = head('PUT', '/ocpi/2.2.1/receiver/sessions/NL/CPO/S1', authorized(cpo), ...to);
  const ends = await repeated(() => flood(hub.versionsUrl, text, framing));
  // Who goes on writing may lose the answer: test/routing/request-bodies reads it.
  for (const { answer } of ends) expect(answer).toMatch(/^(HTTP\/1\.1 (413|429|503) |$)/);
  for (const { takenBytes } of ends) expect(takenBytes).toBeLessThan(MOST_TAKEN);
  expect(strange()).toEqual([]);
});

it.each(FRAMINGS)('those of strangers, %s, are not read at all', async (framing) => {
  const lines = ['Authorization: Token bm9ib2R5', framingLine(framing)];
  const text = head('POST', '/ocpi/2.2.1/credentials', ...lines);
  const ends = await repeated(() => flood(hub.versionsUrl, text, framing));
  for (const { answer } of ends) expect(answer).toMatch(/^(HTTP\/1\.1 401 |$)/);
  for (const { takenBytes } of ends) expect(takenBytes).toBeLessThan(MOST_TAKEN);
});

it.each(FRAMINGS)('answers of 100 MB, %s, are cut off, and the caller is told', async (framing) => {
  const server = servers.get(framing)!;
  await joinAt(server, `${framing}.test`, framing === 'declared' ? 'FR*DEC' : 'FR*CHU');
  const to = framing === 'declared' ? 'FR*DEC' : 'FR*CHU';
  const answers = await repeated(() => cpo.call({ ...PUT, rest: '/NL/CPO/S1', body: '{}', to }));
  // One that is the first to find no room beside the others is cut off for that.
  expect(answers.filter(isTooLarge)).not.toEqual([]);
  for (const answer of answers) expect(isTooLarge(answer) || statusOf(answer) === 4003).toBe(true);
  const list = await cpo.call({ module: 'tokens', interfaceRole: 'SENDER', method: 'GET', to: 'DE*HUB' });
  expect(list.httpStatus).toBe(200);
  await expectCutOff(server);
});

it.each(FRAMINGS)('a list of versions of 100 MB, %s, ends the handshake', async (framing) => {
  const name = `flood-${framing}.test`;
  hub.name(name, [PUBLIC]);
  const pair = framing === 'declared' ? 'FR*THD' : 'FR*THC';
  const thief = await hub.invite(`thief-${framing}.test`, [party(pair, 'CPO')]);
  const server = servers.get(framing)!;
  const url = `${server.originAs(name)}/versions`;
  const answers = await repeated(() =>
    thief.follow(hub.versionsUrl.replace('versions', '2.2.1/credentials'), 'POST', {
      body: { ...thief.credentialsWith('token-of-the-thief'), url },
    }),
  );
  expect(answers.map(statusOf).filter((status) => status === 1000)).toEqual([]);
  expect(answers.map(statusOf)).toContain(3001);
  await expectCutOff(server);
});

it('requests that unpack to a thousand times their size are refused by every module that looks into them', async () => {
  const calls: PlatformCall[] = [
    { ...PUT, module: 'locations', rest: '/NL/CPO/L1' },
    { ...PUT, module: 'cdrs', method: 'POST' },
    { ...PUT, rest: '/NL/CPO/S1' },
  ];
  const packed = calls.flatMap((call) =>
    BOMBS.map(([encoding, body]) => ({ ...call, body, headers: { 'Content-Encoding': encoding } })),
  );
  const answers = await Promise.all(packed.map((call) => cpo.call({ ...call, to: 'DE*MSP' })));
  expect(answers.map(statusOf)).toEqual(answers.map(() => 400));
  expect(strange()).toEqual([]);
});

it('an answer that unpacks to a thousand times its size is no OCPI message', async () => {
  emsp.answerWith(({ rest }) =>
    rest === FINE.rest ? undefined : { headers: { 'Content-Encoding': 'gzip' }, body: BOMB },
  );
  const answers = await repeated(() => cpo.call({ ...PUT, rest: '/NL/CPO/S1', body: '{}', to: 'DE*MSP' }));
  expect(answers.map(statusOf)).toEqual(answers.map(() => 4000));
});

it('neither are the lists that the hub reads itself, nor the answers to what it delivers', async () => {
  const bomb = { headers: { 'Content-Encoding': 'gzip' }, body: BOMB };
  const lister = await hub.invite('lister.test', [party('SE*LST', 'CPO'), party('SE*LST', 'EMSP')]);
  lister.answerWith(() => bomb);
  await lister.register(hub.versionsUrl, lister.hub.token!);
  const list: PlatformCall = { module: 'sessions', interfaceRole: 'SENDER', method: 'GET', to: 'DE*HUB' };
  const answers = await repeated(() => emsp.call(list));
  for (const answer of answers) expect(answer.json().status_message).toContain('SE*LST is left out');
  await cpo.call({ ...PUT, module: 'locations', rest: '/NL/CPO/L1', body: '{}', to: 'DE*HUB' });
  const legs = `SELECT last_error FROM deliveries WHERE party = 'SE*LST' AND state = 'dead'`;
  await until(async () => (await sql(hub.databaseUrl, legs)).length > 0);
  expect(await sql(hub.databaseUrl, legs)).toEqual([{ last_error: 'answer_not_ocpi' }]);
  const pulled = `SELECT module FROM sync_state WHERE owner = 'SE*LST' AND failures > 0`;
  await until(async () => (await sql(hub.databaseUrl, pulled)).length === 3);
});

it('answers that are all but whole and never end are held to a limit for all of them, and the others cut off', async () => {
  const stalling = await MisbehavingParty.start('stalled_body');
  const [port, receivers] = [new URL(stalling.origin).port, ['FR*ST0', 'FR*ST1']];
  for (const to of receivers) {
    const name = `stalling-${to.at(-1)}.test`;
    await hub.join(name, [party(to, 'EMSP')], { endpointOrigin: `http://${name}:${port}` });
  }
  const calls = receivers.flatMap((to) =>
    Array.from({ length: 60 }, () => ({ ...PUT, rest: '/NL/CPO/S1', to })),
  );
  const answers: CallAnswer[] = [];
  const asking = calls.map((call) =>
    cpo.call({ ...call, body: '{}' }).then((answer) => answers.push(answer)),
  );
  await until(() => answers.length > calls.length / 2, LONGEST_MS);
  await stalling.close();
  await Promise.all(asking);
  expect(answers.map(statusOf)).toEqual(answers.map(() => 4003));
});
