/**
 * The worst bodies that the limits allow, over every path that reads bodies: none holds the event loop of the hub for
 * long, since what is held is held for the messages of all platforms.
 */
import { type AnswerProgram, type CallAnswer, type PlatformCall, type ReceivedRequest } from '@app/testkit';
import { gzipSync } from 'node:zlib';
import { type JoinedPlatform, party } from '../support/hub';
import { statusOf } from '../support/limits';
import { LoopHub } from '../support/loop-hub';
import { widestObjects, worstBodies, worstLists } from '../support/worst-bodies';

jest.setTimeout(120_000);

let hub: LoopHub;
let cpo: JoinedPlatform;
let emsp: JoinedPlatform;

beforeAll(async () => {
  hub = await LoopHub.start();
  cpo = await hub.join('cpo', [party('NL*CPO', 'CPO')]);
  emsp = await hub.join('emsp', [party('DE*MSP', 'EMSP')]);
  await warmUp();
});
afterEach(() => emsp.answerWith(() => undefined));
afterAll(() => hub.close());

/** Bodies are read by name: which one held the loop is what a failure must say. */
const own = '"country_code":"NL","party_id":"CPO","id":"L1","last_updated":"2026-01-01T00:00:00Z"';
const push = { interfaceRole: 'RECEIVER', method: 'PUT', rest: '/NL/CPO/L1' } as const;

/** A process that has just started reads its first megabytes by code that is not compiled yet, three times as slowly. */
async function warmUp(): Promise<void> {
  const bodies = [...worstBodies(own), ...worstBodies(own)];
  for (const [, body] of bodies) await cpo.call({ ...push, module: 'locations', body, to: 'DE*MSP' });
}

/** Each body in turn, on its own: two at a time would be two messages. */
async function eachBody(
  members: string,
  send: (body: Buffer, name: string) => Promise<CallAnswer>,
): Promise<number[]> {
  const statuses: number[] = [];
  for (const [name, body] of worstBodies(members)) {
    const answer = await hub.watched(name, () => send(body, name));
    statuses.push(statusOf(answer));
  }
  return statuses;
}

/** The loop is not held, and each body came through or was refused, with `failing` where it is not its sender's fault. */
async function expectQuick(
  members: string,
  send: (body: Buffer) => Promise<CallAnswer>,
  failing: readonly number[] = [],
): Promise<void> {
  const statuses = await eachBody(members, send);
  expect(statuses.filter((status) => status === 1000).length).toBeGreaterThan(0);
  expect(statuses.filter((status) => status >= 3000)).toEqual(failing);
  hub.expectQuick();
}

it('a direct push', () =>
  expectQuick(own, (body) => cpo.call({ ...push, module: 'locations', body, to: 'DE*MSP' })));

it('a direct push that is packed', () =>
  expectQuick(own, (body) =>
    cpo.call({
      ...{ ...push, module: 'locations', body: gzipSync(body), to: 'DE*MSP' },
      headers: { 'Content-Encoding': 'gzip' },
    }),
  ));

it('a broadcast, the GETs of its object, and the page that lists it', async () => {
  const got = { interfaceRole: 'SENDER', module: 'locations', method: 'GET', to: 'DE*HUB' } as const;
  await expectQuick(own, async (body) => {
    const answer = await cpo.call({ ...push, module: 'locations', body, to: 'DE*HUB' });
    await emsp.call({ ...got, rest: '/L1' });
    await emsp.call({ ...got, rest: '/L1/E1' });
    await emsp.call(got);
    return answer;
  });
});

it('a broadcast PATCH, small and large, of an object that is as large as the store takes', async () => {
  for (const [name, stored] of widestObjects(own)) {
    expect(statusOf(await cpo.call({ ...push, module: 'locations', body: stored, to: 'DE*HUB' }))).toBe(1000);
    const patch = { ...push, module: 'locations', method: 'PATCH', to: 'DE*HUB' } as const;
    const body = '{"status":"CHARGING","last_updated":"2026-02-01T00:00:00Z"}';
    await hub.watched(`${name}, small`, () => cpo.call({ ...patch, body }));
    await hub.watched(`${name}, of an EVSE`, () => cpo.call({ ...patch, rest: '/NL/CPO/L1/E1', body }));
    await hub.watched(`${name}, large`, () => cpo.call({ ...patch, body: stored }));
    await emsp.call({
      interfaceRole: 'SENDER',
      module: 'locations',
      method: 'GET',
      rest: '/L1/E1',
      to: 'DE*HUB',
    });
  }
  hub.expectQuick();
});

it('a session that names no receiver but a token', () =>
  expectQuick(
    '"country_code":"NL","party_id":"CPO","id":"S1","cdr_token":{"country_code":"DE","party_id":"MSP","uid":"T"}',
    (body) => cpo.call({ ...push, module: 'sessions', rest: '/NL/CPO/S1', body }),
  ));

it.each(['commands', 'chargingprofiles'])('%s, whose response_url is looked for', (module) => {
  const rest = module === 'commands' ? '/START_SESSION' : '/S1';
  const method = module === 'commands' ? 'POST' : 'PUT';
  const members = `"response_url":"${emsp.origin}/results/1","token":{"uid":"T"},"location_id":"L1"`;
  return expectQuick(members, (body) =>
    emsp.call({ interfaceRole: 'RECEIVER', module, method, rest, body, to: 'NL*CPO' }),
  );
});

it('results that are posted to a callback URL', async () => {
  const urls: string[] = [];
  cpo.answerWith(({ body }: ReceivedRequest) => {
    urls.push((JSON.parse(body.toString()) as { response_url: string }).response_url);
    return undefined;
  });
  const body = JSON.stringify({ response_url: `${emsp.endpoint('commands', 'SENDER')}/results/1` });
  const command = {
    interfaceRole: 'RECEIVER',
    module: 'commands',
    method: 'POST',
    rest: '/UNLOCK_CONNECTOR',
  };
  await emsp.call({ ...(command as PlatformCall), body, to: 'NL*CPO' });
  await expectQuick('"result":"ACCEPTED"', (result) => cpo.follow(urls[0]!, 'POST', { body: result }));
});

it('credentials, which are refused when they are large', async () => {
  const statuses = await eachBody('"token":"t","url":"https://x.example/versions","roles":[]', (body) =>
    cpo.follow(hub.versionsUrl.replace('versions', '2.2.1/credentials'), 'PUT', { body }),
  );
  expect(new Set(statuses)).toEqual(new Set([2001]));
  hub.expectQuick();
});

/** The platform answers each message with this, under the envelope of a success. */
const answering =
  (body: Buffer): AnswerProgram =>
  () => ({ body, headers: { 'Content-Type': 'application/json' } });

it('answers of receivers, of which one that is nested too deeply is none', () =>
  expectQuick(
    '"status_code":1000,"timestamp":"2026-01-01T00:00:00Z"',
    (body) => {
      emsp.answerWith(answering(body));
      return cpo.call({ ...push, module: 'locations', body: '{}', rest: '/NL/CPO/L2', to: 'DE*MSP' });
    },
    [4000],
  ));

it('pages of a list that the hub reads itself', async () => {
  for (const [name, list] of worstLists('"country_code":"DE","party_id":"MSP","id":"S1"')) {
    emsp.answerWith(answering(list));
    const asked = { interfaceRole: 'SENDER', module: 'sessions', method: 'GET', to: 'DE*HUB' } as const;
    const answer = await hub.watched(name, () => cpo.call(asked));
    expect(answer.httpStatus).toBe(200);
  }
  hub.expectQuick();
});

it('messages that are captured', async () => {
  await hub.admin.ask('POST', `/platforms/${cpo.id}/capture`, {});
  await expectQuick(own, (body) => cpo.call({ ...push, module: 'locations', body, to: 'DE*MSP' }));
});
