/** Statistics of one platform, from messages that really went through the hub. */
import { randomUUID } from 'node:crypto';
import { createLogger } from '@app/runtime';
import { openStore } from '@app/store';
import { type CallAnswer, messageRow } from '@app/testkit';
import { type JoinedPlatform, party, startHub, type TestHub } from '../support/hub';
import { until } from '../support/waiting';

interface Row {
  readonly direction: string;
  readonly module: string;
  readonly messages: number;
  readonly [field: string]: unknown;
}

interface Statistics {
  readonly last_hour: readonly Row[];
  readonly last_day: readonly Row[];
}

let hub: TestHub;
let cpo: JoinedPlatform;
let emsp: JoinedPlatform;
beforeAll(async () => {
  hub = await startHub();
  cpo = await hub.join('cpo', [party('NL*CPO', 'CPO')]);
  emsp = await hub.join('emsp', [party('DE*MSP', 'EMSP')]);
}, 60_000);
afterAll(() => hub?.close());

function put(n: number, to = 'DE*MSP'): Promise<CallAnswer> {
  return cpo.call({
    ...{ module: 'sessions', interfaceRole: 'RECEIVER', method: 'PUT', from: 'NL*CPO', to },
    ...{ rest: `/NL/CPO/S${n}`, body: { id: `S${n}` } },
  });
}

/** The statistics of sessions, once so many messages are in them. */
async function sessionsOf({ id }: JoinedPlatform, count: number): Promise<Statistics> {
  let seen: Statistics | undefined;
  await until(
    async () => {
      const all = await hub.admin.ask<Statistics>('GET', `/platforms/${id}/statistics`);
      const ofSessions = ({ module }: Row): boolean => module === 'sessions';
      seen = { last_hour: all.last_hour.filter(ofSessions), last_day: all.last_day.filter(ofSessions) };
      return (seen.last_day[0]?.messages ?? 0) >= count;
    },
    5_000,
    () => seen,
  );
  return seen!;
}

test('each side sees how many messages there were and how many failed', async () => {
  for (let n = 0; n < 6; n++) await put(n);
  emsp.answerWith(() => ({ httpStatus: 500, body: 'broken' }));
  await put(6);
  await put(7, 'DE*NIX');
  await sessionsOf(cpo, 8);
  const usual = { module: 'sessions', interface_role: 'RECEIVER' };
  const sent = { ...usual, direction: 'sent', messages: 8, errors: 2, error_rate: 0.25 };
  const { last_hour, last_day } = await sessionsOf(cpo, 8);
  expect(last_hour).toEqual([{ ...sent, p50_ms: expect.any(Number), p95_ms: expect.any(Number) }]);
  expect(last_day).toEqual(last_hour);
  const received = { ...usual, direction: 'received', messages: 7, errors: 1, error_rate: 1 / 7 };
  expect((await sessionsOf(emsp, 7)).last_hour).toMatchObject([received]);
});

/** Puts messages of a platform, so many minutes old and of such durations, into the log. */
async function log(fromPlatformId: string, minutes: number, durations: readonly number[]): Promise<void> {
  const store = await openStore({ ...hub.settings, log: createLogger('test', 'silent') });
  const at = new Date(Date.now() - minutes * 60_000);
  for (const durationMs of durations) {
    store.messageLog.record(messageRow({ at, fromPlatformId, durationMs, module: 'tariffs' }));
  }
  await store.close();
}

test('an hour and a day are told apart, and so are usual and slow messages', async () => {
  const { id } = await hub.admin.createPlatform('quiet');
  const statistics = (): Promise<Statistics> => hub.admin.ask('GET', `/platforms/${id}/statistics`);
  const counted = (messages: number, p50_ms: number, p95_ms: number): object[] => [
    { direction: 'sent', module: 'tariffs', errors: 0, error_rate: 0, messages, p50_ms, p95_ms },
  ];
  await log(id, 1_441, [9_000]);
  expect(await statistics()).toMatchObject({ last_hour: [], last_day: [] });
  await log(id, 61, [5]);
  expect(await statistics()).toMatchObject({ last_hour: [], last_day: counted(1, 5, 5) });
  const slow = Array.from({ length: 101 }, (_, n) => 100 + n);
  await log(id, 1, slow);
  expect(await statistics()).toMatchObject({ last_hour: counted(101, 150, 195) });
  expect((await statistics()).last_day).toMatchObject([{ messages: 102 }]);
});

test('latencies are shown in tenths of a millisecond', async () => {
  const { id } = await hub.admin.createPlatform('between');
  await log(id, 1, [1, 2, 3, 10]);
  const { last_hour } = await hub.admin.ask<Statistics>('GET', `/platforms/${id}/statistics`);
  expect(last_hour).toMatchObject([{ p50_ms: 2.5 }]);
  expect([8.9, 9]).toContain(last_hour[0]!.p95_ms); // between 3 and 10, at 8.95
});

test('a platform that is not there is a 404, an id that is none a 400', async () => {
  const unknown = await hub.admin.send('GET', `/platforms/${randomUUID()}/statistics`);
  expect([unknown.httpStatus, unknown.json()]).toMatchObject([404, { code: 'not_found' }]);
  expect((await hub.admin.send('GET', '/platforms/x/statistics')).httpStatus).toBe(400);
});
