/**
 * What the hub remembers of who has which id is a hint: it sends no message astray for long, keeps no issuer from being
 * asked, and tells no platform who has what.
 */
import { randomUUID } from 'node:crypto';
import { type CallAnswer } from '@app/testkit';
import { type JoinedPlatform, party, type TestHub } from '../support/hub';
import {
  AUTHORIZE_MS,
  authorize,
  clearAll,
  command,
  pushedLocation,
  pushedToken,
  sent,
  startOpenWorld,
} from '../support/open-world';
import { until } from '../support/waiting';

let hub: TestHub;
let cpo: JoinedPlatform;
let cpo2: JoinedPlatform;
let emsp: JoinedPlatform;
let emsp2: JoinedPlatform;
let uid: string;

beforeAll(async () => {
  ({ hub, cpo, cpo2, emsp, emsp2 } = await startOpenWorld());
});
afterAll(() => hub.close());
beforeEach(() => {
  clearAll();
  uid = randomUUID().slice(0, 20);
});

const says = (allowed: string) => () => ({ body: { allowed } });
const unknown = () => ({
  httpStatus: 404,
  body: Buffer.from('{"status_code":2004,"timestamp":"2026-01-01T00:00:00Z"}'),
});
const answeredBy = ({ headers }: CallAnswer): unknown => headers['ocpi-from-party-id'];

/** The hub remembers that an eMSP has the token. */
async function remembered(by: JoinedPlatform): Promise<void> {
  await pushedToken(by, uid);
  clearAll();
}

describe('a remembered issuer is asked first', () => {
  test.each([
    ['says unknown', () => emsp.answerWith(unknown)],
    ['fails', () => emsp.misbehave('html_500')],
    ['is silent', () => emsp.misbehave('hang')],
    ['breaks off', () => emsp.misbehave('reset_before_answer')],
  ])(
    'and when it %s, the others are asked within the same time and the memory is put right',
    async (_, fail) => {
      await remembered(emsp);
      fail();
      emsp2.answerWith(says('ALLOWED'));
      const started = performance.now();
      const answer = await sent(cpo, authorize(uid));
      expect(performance.now() - started).toBeLessThan(AUTHORIZE_MS + 500);
      expect([answer.json().status_code, answeredBy(answer)]).toEqual([1000, 'MS2']);
      expect(emsp.received).toHaveLength(1);
      clearAll();
      await sent(cpo, authorize(uid));
      expect([emsp.received.length, emsp2.received.length]).toEqual([0, 1]);
    },
  );

  test('and when it is suspended, the others are asked', async () => {
    const gone = await hub.join('gone', [party('FR*GON', 'EMSP')]);
    await gone.call({
      ...{ module: 'tokens', interfaceRole: 'RECEIVER', method: 'PUT', rest: `/FR/GON/${uid}`, to: 'NL*CPO' },
      body: { uid },
    });
    await hub.admin.suspend(gone.id);
    emsp2.answerWith(says('ALLOWED'));
    emsp.answerWith(unknown);
    await until(async () => (await sent(cpo, authorize(uid))).json().status_code === 1000);
    expect(emsp2.received.length).toBeGreaterThan(0);
  });
});

describe('of several holders of one uid', () => {
  beforeEach(async () => {
    await remembered(emsp);
    await remembered(emsp2);
  });

  test.each([
    ['says unknown', unknown],
    ['says BLOCKED', says('BLOCKED')],
    ['says NOT_ALLOWED', says('NOT_ALLOWED')],
  ])(
    'exactly these are asked, and one that %s does not count against one that says ALLOWED',
    async (_, other) => {
      const third = await hub.join('third', [party(`FR*${uid.slice(0, 3).replace('-', 'x')}`, 'EMSP')]);
      third.answerWith(unknown);
      emsp.answerWith(other);
      emsp2.answerWith(says('ALLOWED'));
      const answer = await sent(cpo, authorize(uid));
      expect([answer.json().status_code, answeredBy(answer)]).toEqual([1000, 'MS2']);
      expect([emsp.received.length, emsp2.received.length, third.received.length]).toEqual([1, 1, 0]);
    },
  );

  test('two that say ALLOWED are 4001', async () => {
    emsp.answerWith(says('ALLOWED'));
    emsp2.answerWith(async () => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      return { body: { allowed: 'ALLOWED' } };
    });
    const answer = await sent(cpo, authorize(uid));
    expect(answer.json()).toMatchObject({
      status_code: 4001,
      status_message: expect.stringMatching(/more than one/),
    });
    expect(answer.json().status_message).not.toMatch(/MSP|MS2/);
  });
});

test('a platform that authorizes a uid at its own eMSP party teaches the hub nothing', async () => {
  const thief = await hub.join('thief', [party('FR*THC', 'CPO'), party('FR*THE', 'EMSP')]);
  const call = { ...authorize(uid), from: 'FR*THC', to: 'FR*THE' };
  expect((await thief.call(call)).json().status_code).toBe(1000);
  thief.clear();
  thief.answerWith(says('BLOCKED'));
  emsp.answerWith(unknown);
  emsp2.answerWith(says('ALLOWED'));
  const answer = await sent(cpo, authorize(uid));
  expect([answer.json().status_code, answeredBy(answer)]).toEqual([1000, 'MS2']);
});

describe('an owner without an agreement is as unknown as no owner at all', () => {
  const plain = (answer: CallAnswer) => {
    const { status_code, status_message } = answer.json();
    return { http: answer.httpStatus, status_code, status_message };
  };

  test('for authorizations, CDRs, locations and commands: same code, same text, no name', async () => {
    const [location, nothing] = [randomUUID(), randomUUID()];
    await pushedToken(emsp, uid);
    await pushedLocation(cpo2, location);
    for (const [from, to] of [
      [
        { country_code: 'NL', party_id: 'CPO' },
        { country_code: 'DE', party_id: 'MSP' },
      ],
      [
        { country_code: 'DE', party_id: 'MS2' },
        { country_code: 'NL', party_id: 'CP2' },
      ],
    ]) {
      await hub.admin.ask('POST', '/agreements', { from, to, modules: ['*'], effect: 'deny' });
    }
    emsp2.answerWith(unknown);
    const cdr = (id: string) =>
      sent(cpo, {
        module: 'cdrs',
        interfaceRole: 'RECEIVER',
        method: 'POST',
        body: { id: 'C', cdr_token: { uid: id } },
      });
    const get = (id: string) =>
      sent(emsp2, { module: 'locations', interfaceRole: 'SENDER', method: 'GET', rest: `/${id}` });
    const start = (id: string) => sent(emsp2, command('START_SESSION', { location_id: id }));
    await until(async () => !JSON.stringify((await cdr(uid)).json()).includes('"status_code":1000'));
    for (const [known, missing, ask] of [
      [uid, nothing, cdr],
      [location, nothing, get],
      [location, nothing, start],
      [uid, nothing, (id: string) => sent(cpo, authorize(id))],
    ] as const) {
      clearAll();
      emsp2.answerWith(unknown);
      const [hidden, none] = [await ask(known), await ask(missing)];
      expect(plain(hidden)).toEqual(plain(none));
      expect(hidden.body.toString()).not.toMatch(/MSP|CP2/);
      expect([...emsp.received, ...cpo2.received]).toEqual([]);
    }
  });
});
