/** Real-time authorization that names no eMSP: whom the hub asks, and whose answer counts. */
import { randomUUID } from 'node:crypto';
import { type JoinedPlatform, party, type TestHub } from '../support/hub';
import {
  AUTHORIZE_MS,
  authorize,
  clearAll,
  found,
  pushedToken,
  refused,
  sent,
  startOpenWorld,
} from '../support/open-world';

let hub: TestHub;
let cpo: JoinedPlatform;
let cpo2: JoinedPlatform;
let emsp: JoinedPlatform;
let emsp2: JoinedPlatform;

beforeAll(async () => {
  ({ hub, cpo, cpo2, emsp, emsp2 } = await startOpenWorld());
});
afterAll(() => hub.close());
beforeEach(() => {
  clearAll();
});

describe('real-time authorization without a receiver', () => {
  let uid: string;
  beforeEach(() => (uid = randomUUID().slice(0, 20)));
  const allowed = (word: string) => () => ({ body: { allowed: word } });
  const unknown = () => ({
    httpStatus: 404,
    body: Buffer.from('{"status_code":2004,"timestamp":"2026-01-01T00:00:00Z"}'),
  });

  test('asks the issuer of the token alone, by type and uid', async () => {
    await pushedToken(emsp, uid);
    await pushedToken(emsp2, uid, 'NL*CPO', 'type=APP_USER');
    found(emsp, await sent(cpo, authorize(uid)));
    emsp.clear();
    found(emsp2, await sent(cpo, authorize(uid.toUpperCase(), 'type=APP_USER')));
  });

  test('of a token that two eMSPs issued, and that both allow, is refused as ambiguous', async () => {
    await pushedToken(emsp, uid);
    await pushedToken(emsp2, uid);
    const answer = await sent(cpo, authorize(uid));
    expect(answer.json()).toMatchObject({
      status_code: 4001,
      status_message: expect.stringMatching(/token_uid: more than one/),
    });
  });

  test('of a token that a CPO claims as well asks the eMSP: a CPO issues none', async () => {
    await pushedToken(emsp, uid);
    await pushedToken(cpo2, uid);
    found(emsp, await sent(cpo, authorize(uid)));
  });

  test('of an unknown token asks every eMSP in parallel; ALLOWED is the answer, and is remembered', async () => {
    emsp.answerWith(unknown);
    emsp2.answerWith(allowed('ALLOWED'));
    const answer = await sent(cpo, authorize(uid));
    expect(answer.json()).toMatchObject({ status_code: 1000, data: { allowed: 'ALLOWED' } });
    expect(answer.headers).toMatchObject({ 'ocpi-from-party-id': 'MS2', 'ocpi-to-party-id': 'CPO' });
    await emsp.waitFor(({ rest }) => rest === `/${uid}/authorize`);
    for (const platform of [cpo, cpo2, emsp]) platform.clear();
    emsp2.clear();
    found(emsp2, await sent(cpo2, authorize(uid)));
  });

  test('the first ALLOWED is not held up by an eMSP that is silent', async () => {
    emsp.misbehave('hang');
    emsp2.answerWith(allowed('ALLOWED'));
    const started = performance.now();
    expect((await sent(cpo, authorize(uid))).json().status_code).toBe(1000);
    expect(performance.now() - started).toBeLessThan(AUTHORIZE_MS - 100);
  });

  test('without an ALLOWED the most telling answer counts, whoever came first', async () => {
    emsp.answerWith(allowed('NOT_ALLOWED'));
    emsp2.answerWith(async () => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      return { body: { allowed: 'BLOCKED' } };
    });
    expect((await sent(cpo, authorize(uid))).json()).toMatchObject({ data: { allowed: 'BLOCKED' } });
  });

  test('all unknown is the unknown-token answer', async () => {
    emsp.answerWith(unknown);
    emsp2.answerWith(() => ({ httpStatus: 404, body: 'not OCPI at all' }));
    const answer = await sent(cpo, authorize(uid));
    expect(answer.httpStatus).toBe(404);
    expect(answer.json().status_code).toBe(2004);
  });

  test('an eMSP that might know and is silent: 4002 within the time of one authorization', async () => {
    emsp.answerWith(unknown);
    emsp2.misbehave('hang');
    const started = performance.now();
    const answer = await sent(cpo, authorize(uid));
    expect(performance.now() - started).toBeLessThan(AUTHORIZE_MS + 1_500);
    expect(answer.json()).toMatchObject({
      status_code: 4002,
      status_message: expect.stringMatching(/1 of 2/),
    });
  });

  test('a path that is no authorization asks nobody', async () => {
    const call = authorize(uid);
    refused(await sent(cpo, { ...call, rest: '//authorize' }), /token_uid/);
    refused(await sent(cpo, { ...call, rest: `/${uid}/pay` }), /does not tell|token_uid/);
  });

  test('platforms of the wrong role or without the endpoint are not asked', async () => {
    const without = [{ module: 'locations', interfaceRole: 'RECEIVER' as const }];
    const silent = await hub.join('silent', [party('DE*SIL', 'EMSP')], { modules: without });
    expect((await sent(cpo, authorize(uid))).json().status_code).toBe(1000);
    expect([cpo2.received.length, silent.received.length]).toEqual([0, 0]);
  });
});
