/**
 * Bodies of a hundred bytes that unpack to just as much as the hub looks into: each costs a router as much time as a
 * hundred other messages, and what is changed in it travels on unpacked. A platform may have so much unpacked and no more.
 */
import { type CallAnswer, type PlatformCall, type ProgrammedAnswer } from '@app/testkit';
import { randomUUID } from 'node:crypto';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { Bystander } from '../support/bystander';
import { counted, LimitedWorld, PUT, statusOf } from '../support/limits';
import { until } from '../support/waiting';

const MEBIBYTE = 1024 * 1024;
const BOMBS = 120;
/** Those that travel on are as large as what they unpack to, which takes the time of this process as well. */
const SENT_ON = 20;
const AT_ONCE = 10;
/** MiB. */
const UNPACKED_AT_ONCE = 64;
const UNPACKED_A_SECOND = 16;
/** Bodies under way together may each find the last of the room. */
const MOST_BOMBS_OVER = AT_ONCE;
/** MiB. */
const BOMB_UNPACKED = 4;

/** Megabytes take a busy machine their time, on both sides of the hub. */
const PATIENCE_MS = 60_000;
jest.setTimeout(PATIENCE_MS);

let world: LimitedWorld;
let bystander: Bystander;

beforeAll(async () => {
  const patience = String(PATIENCE_MS);
  world = await LimitedWorld.start({ CLIENT_TIMEOUT_MS: patience, COMMAND_TIMEOUT_MS: patience });
});
beforeEach(() => {
  world.emsp.clear();
  world.cpo.clear();
  bystander = new Bystander(() => world.other.call({ ...PUT, rest: '/FR/CPO/FINE', body: '{"id":"FINE"}' }));
});
afterEach(() => bystander.end());
afterAll(() => world.close());

/** Just below 4 MiB in a hundred bytes. */
function bomb(members: string): Buffer {
  const plain = Buffer.concat([
    Buffer.from(`{${members},"x":"`),
    Buffer.alloc(BOMB_UNPACKED * MEBIBYTE - 1_000, 'a'),
    Buffer.from('"}'),
  ]);
  return brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } });
}

async function many(send: () => Promise<CallAnswer>, count = BOMBS): Promise<CallAnswer[]> {
  const answers: CallAnswer[] = [];
  let left = count;
  const next = async (): Promise<void> => {
    while (left-- > 0) answers.push(await send());
  };
  await Promise.all(Array.from({ length: AT_ONCE }, next));
  return answers;
}

/** Sends many of them. Some are taken: what may be unpacked at once, and what came free since; the others are refused. */
async function expectShared(
  send: () => Promise<CallAnswer>,
  refusal: number,
): Promise<readonly CallAnswer[]> {
  const began = performance.now();
  const answers = await many(send);
  const mostUnpacked = UNPACKED_AT_ONCE + (UNPACKED_A_SECOND * (performance.now() - began)) / 1_000;
  const statuses = answers.map((each) => (isPacked(each) ? 1000 : statusOf(each)));
  expect(new Set(statuses)).toEqual(new Set([1000, refusal]));
  expect(counted(statuses, 1000)).toBeLessThan(mostUnpacked / BOMB_UNPACKED + MOST_BOMBS_OVER);
  return answers;
}

it('requests that unpack to 4 MiB are refused with 429 when they are many, and others are served', async () => {
  const body = bomb('"country_code":"NL","party_id":"CPO"');
  const headers = { 'Content-Encoding': 'br' };
  const answers = await expectShared(() => world.cpo.call({ ...PUT, body, headers }), 429);
  const refused = answers.find(({ httpStatus }) => httpStatus === 429)!;
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
  expect(refused.json().status_message).toMatch(/unpack/);
  expect((await world.cpo.call(PUT)).json().status_code).toBe(1000);
});

it('commands whose response_url is in one do not make the hub send gigabytes', async () => {
  const command: PlatformCall = {
    module: 'commands',
    interfaceRole: 'RECEIVER',
    method: 'POST',
    to: 'NL*CPO',
  };
  const body = bomb(`"response_url":"${world.emsp.origin}/results/1"`);
  const headers = { 'Content-Encoding': 'br' };
  const call = { ...command, rest: '/UNLOCK_CONNECTOR', body, headers };
  const began = performance.now();
  const answers = await many(() => world.emsp.call(call), SENT_ON);
  expect(answers.map(statusOf).filter((status) => status !== 1000 && status !== 429)).toEqual([]);
  const sent = world.cpo.received.reduce((sum, received) => sum + received.body.length, 0);
  const seconds = (performance.now() - began) / 1_000;
  expect(sent).toBeLessThan((UNPACKED_AT_ONCE + UNPACKED_A_SECOND * seconds + 16) * MEBIBYTE);
});

/** Has the receiver answer so, once what it had unpacked before is forgiven. */
async function answerPacked(encoding: string, body: Buffer): Promise<void> {
  const answerWith = (packed: ProgrammedAnswer): void =>
    world.emsp.answerWith(({ rest }) => (rest === '/FR/CPO/FINE' ? undefined : packed));
  answerWith({ headers: { 'Content-Encoding': 'gzip' }, body: gzipSync('{"status_code":1000}') });
  await until(async () => isPacked(await world.cpo.call(PUT)));
  answerWith({ headers: { 'Content-Encoding': encoding }, body });
}

const isPacked = ({ headers }: CallAnswer): boolean => headers['content-encoding'] !== undefined;

it('answers that unpack to 4 MiB are no OCPI messages when they are many', async () => {
  await answerPacked('br', bomb('"status_code":1000'));
  await expectShared(() => world.cpo.call(PUT), 4000);
});

it('packed bodies of the size of messages are not many at two hundred a second', async () => {
  const text = JSON.stringify({
    country_code: 'FR',
    party_id: 'CPO',
    evses: Array(200).fill({ uid: 'E', status: 'X' }),
  });
  const call = { ...PUT, rest: '/FR/CPO/S1', body: gzipSync(text), headers: { 'Content-Encoding': 'gzip' } };
  const answers = await Promise.all(Array.from({ length: 200 }, () => world.other.call(call)));
  expect(answers.map(statusOf).filter((status) => status !== 1000)).toEqual([]);
});

it('packed lists are none, however many megabytes of them there are', async () => {
  const objects = Array.from({ length: 20_000 }, () => ({
    id: randomUUID(),
    status: 'AVAILABLE',
    evses: [],
  }));
  await answerPacked('gzip', gzipSync(JSON.stringify({ status_code: 1000, data: objects })));
  const answers = await many(() => world.cpo.call(PUT));
  expect(answers.filter((answer) => !isPacked(answer))).toEqual([]);
});
