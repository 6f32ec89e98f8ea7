/** A platform that goes away and comes back: who notices by what, and who is told. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type CallAnswer, type ReceivedRequest } from '@app/testkit';
import { type JoinedPlatform, party, startHub, type TestHub } from '../support/hub';
import { eventually, infosAt } from '../support/status';

const SESSION = {
  interfaceRole: 'RECEIVER',
  module: 'sessions',
  method: 'PUT',
  rest: '/NL/CPO/S1',
  body: {},
} as const;
const LOCATION = {
  interfaceRole: 'RECEIVER',
  module: 'locations',
  method: 'PUT',
  rest: '/NL/CPO/L1',
} as const;

async function startWith(env: Record<string, string>): Promise<TestHub> {
  const hub = await startHub({ STATUS_HOLD_MS: '200', CONNECT_TIMEOUT_MS: '1000', ...env });
  await hub.addWorker();
  await hub.addKeeper();
  return hub;
}

/** Since it registered: its announcement comes before. */
function statusesOf(viewer: JoinedPlatform, partyId: string): string[] {
  return infosAt(viewer)
    .filter(({ party_id, status }) => party_id === partyId && status !== 'PLANNED')
    .map(({ status }) => status);
}

async function reasonsOf(hub: TestHub, pair: string): Promise<string[]> {
  const { data } = await hub.admin.ask<{ data: { reason: string }[] }>('GET', `/parties/${pair}/history`);
  return data.map(({ reason }) => reason);
}

describe('a platform that was heard of lately is checked', () => {
  let hub: TestHub;
  let cpo: JoinedPlatform;
  let watcher: JoinedPlatform;
  let gone: JoinedPlatform;
  beforeAll(async () => {
    hub = await startWith({ STILL_ALIVE_AFTER_SECONDS: '1' });
    cpo = await hub.join('cpo', [party('NL*CPO', 'CPO')]);
    watcher = await hub.join('watcher', [party('NL*WAT', 'CPO')]);
    gone = await hub.join('gone', [party('DE*GON', 'EMSP')]);
    await eventually(() => expect(statusesOf(watcher, 'GON')).toEqual(['CONNECTED']));
    await eventually(() => expect(statusesOf(cpo, 'GON')).toEqual(['CONNECTED']));
  });
  afterAll(() => hub.close());

  it('only when it is silent, at its versions URL with the token that it gave', async () => {
    gone.clear();
    const check = await gone.configuration.waitFor(({ path }) => path === '/ocpi/versions', 5_000);
    expect(check).toMatchObject({ method: 'GET', body: Buffer.alloc(0) });
    expect(check.headers.authorization).toBe(`Token ${Buffer.from(gone.tokens.current).toString('base64')}`);
  });

  it('and is OFFLINE for everybody when it is stopped, whoever then sends to it being told at once', async () => {
    await gone.stop();
    await eventually(() => expect(statusesOf(cpo, 'GON')).toEqual(['CONNECTED', 'OFFLINE']), 10_000);
    await eventually(() => expect(statusesOf(watcher, 'GON')).toEqual(['CONNECTED', 'OFFLINE']), 1_000);
    expect((await reasonsOf(hub, 'DE/GON'))[0]).toBe('silence');

    const { took, answers } = await timed(40, () => cpo.call({ ...SESSION, to: 'DE*GON' }));
    expect(answers.map((answer) => answer.json().status_code)).toEqual(Array(40).fill(4003));
    expect(took[10]).toBeLessThan(5); // of 40, shortest first: the machine may be busy with other tests
  });

  it('and is CONNECTED again within 5 s of its return, found by the check, and gets what was kept for it and is asked for what the hub missed', async () => {
    const broadcast = await cpo.call({ ...LOCATION, body: { id: 'L1' }, to: 'DE*HUB' });
    expect(broadcast.json().status_code).toBe(1000);
    const messages = gone.received.length;
    await gone.restart();
    await eventually(
      () => expect(statusesOf(watcher, 'GON')).toEqual(['CONNECTED', 'OFFLINE', 'CONNECTED']),
      5_000,
    );
    expect((await reasonsOf(hub, 'DE/GON'))[0]).toBe('sign_of_life');
    const kept = await gone.waitFor(({ module }) => module === 'locations', 5_000);
    expect(kept.body.toString()).toBe('{"id":"L1"}');
    const pull = ({ module, method, query }: ReceivedRequest): boolean =>
      module === 'tokens' && method === 'GET' && query.includes('date_from=');
    expect(gone.received.slice(messages).some(pull) || (await gone.waitFor(pull, 5_000))).toBeTruthy();
    expect(gone.received.slice(0, messages).filter(({ module }) => module === 'locations')).toEqual([]);
  });
});

describe('without a check that could find it', () => {
  let hub: TestHub;
  let cpo: JoinedPlatform;
  let gone: JoinedPlatform;
  beforeAll(async () => {
    hub = await startWith({ STILL_ALIVE_AFTER_SECONDS: '600' });
    cpo = await hub.join('cpo', [party('NL*CPO', 'CPO')]);
    gone = await hub.join('gone', [party('DE*GON', 'EMSP')]);
    await eventually(() => expect(statusesOf(cpo, 'GON')).toEqual(['CONNECTED']));
  });
  afterAll(() => hub.close());
  beforeEach(async () => {
    cpo.clear();
    gone.misbehave('status_401', 'configuration');
    await gone.stop();
    await eventually(async () => {
      await cpo.call({ ...SESSION, to: 'DE*GON' });
      expect(statusesOf(cpo, 'GON')).toEqual(['OFFLINE']);
    }, 8_000);
    expect((await reasonsOf(hub, 'DE/GON'))[0]).toBe('traffic_failures');
  });

  it('a platform that failed messages showed to be gone is found again by one that is let through', async () => {
    await gone.restart();
    let answer: CallAnswer;
    await eventually(async () => {
      answer = await cpo.call({ ...SESSION, to: 'DE*GON' });
      expect(answer.json().status_code).toBe(1000);
    });
    const found = Date.now();
    await eventually(() => expect(statusesOf(cpo, 'GON')).toEqual(['OFFLINE', 'CONNECTED']));
    expect(Date.now() - found).toBeLessThan(5_000);
    expect((await cpo.call({ ...SESSION, to: 'DE*GON' })).json().status_code).toBe(1000);
  });

  it('its own message is a sign of life as well', async () => {
    await gone.restart();
    const sent = Date.now();
    await gone.call({ module: 'hubclientinfo', interfaceRole: 'SENDER', method: 'GET' });
    await eventually(() => expect(statusesOf(cpo, 'GON')).toEqual(['OFFLINE', 'CONNECTED']));
    expect(Date.now() - sent).toBeLessThan(5_000);
  });
});

/** Runs a call so often, one after the other. @returns how long each took in ms, shortest first */
async function timed<T>(times: number, call: () => Promise<T>): Promise<{ took: number[]; answers: T[] }> {
  const took: number[] = [];
  const answers: T[] = [];
  for (let made = 0; made < times; made++) {
    const began = performance.now();
    answers.push(await call());
    took.push(performance.now() - began);
    await sleep(5);
  }
  return { took: took.sort((a, b) => a - b), answers };
}
