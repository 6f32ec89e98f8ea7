import { ProbeSchedule, probeTimes } from './probe-schedule';

const MINUTE = 60_000;
const TIMES = { silenceMs: 5 * MINUTE, retryMs: 3_000 };
const middle = () => 0.5;

function scheduleOf(random: () => number = middle): ProbeSchedule {
  return new ProbeSchedule(TIMES, random);
}

test('a platform is checked once after its silence, and again only when that is settled', () => {
  const schedule = scheduleOf();
  schedule.watch('p', 'CONNECTED', 0, 0);
  expect(schedule.due(5 * MINUTE, 10)).toEqual([]);
  expect(schedule.due(5.3 * MINUTE, 10)).toEqual(['p']);
  expect(schedule.due(9 * MINUTE, 10)).toEqual([]);
  schedule.answered('p', 6 * MINUTE);
  expect(schedule.due(11 * MINUTE, 10)).toEqual([]);
  expect(schedule.due(11.3 * MINUTE, 10)).toEqual(['p']);
});

test('who was heard of meanwhile is not checked', () => {
  const schedule = scheduleOf();
  schedule.watch('p', 'CONNECTED', 0, 0);
  schedule.due(5.3 * MINUTE, 10);
  expect(schedule.heardOf('p', 4 * MINUTE, 5.3 * MINUTE)).toBe(true);
  expect(schedule.due(9 * MINUTE, 10)).toEqual([]);
  expect(schedule.due(9.3 * MINUTE, 10)).toEqual(['p']);
  expect(schedule.heardOf('p', 4 * MINUTE, 9.3 * MINUTE)).toBe(false);
});

test('one failed check is followed by a second soon, and two are OFFLINE since the first', () => {
  const schedule = scheduleOf();
  schedule.watch('p', 'CONNECTED', 0, 0);
  const began = 5.3 * MINUTE;
  schedule.due(began, 10);
  expect(schedule.failed('p', began, began + 100)).toBeUndefined();
  expect(schedule.due(began + 3_100, 10)).toEqual(['p']);
  expect(schedule.failed('p', began + 3_100, began + 3_200)).toEqual({
    ...{ failedAt: new Date(began), suspect: false },
  });
});

test('a sign of life between two failed checks ends the row', () => {
  const schedule = scheduleOf();
  schedule.watch('p', 'CONNECTED', 0, 0);
  const began = 5.3 * MINUTE;
  schedule.due(began, 10);
  schedule.failed('p', began, began + 100);
  schedule.due(began + 3_100, 10);
  expect(schedule.heardOf('p', began - 1, began + 3_100)).toBe(false);
  expect(schedule.heardOf('p', began + 1, began + 3_100)).toBe(true);
  schedule.due(began + 6 * MINUTE, 10);
  expect(schedule.failed('p', began + 6 * MINUTE, began + 6 * MINUTE)).toBeUndefined();
});

test('messages that fail are the first of the two failures, and have it checked at once', () => {
  const schedule = scheduleOf();
  schedule.watch('p', 'CONNECTED', 0, 0);
  schedule.suspect('p', MINUTE);
  expect(schedule.due(MINUTE, 10)).toEqual(['p']);
  expect(schedule.heardOf('p', MINUTE - 1, MINUTE)).toBe(false);
  expect(schedule.failed('p', MINUTE, MINUTE + 10)).toEqual({ failedAt: new Date(MINUTE), suspect: true });
});

test('an OFFLINE platform is checked ever more seldom, but never more seldom than a silent one', () => {
  const schedule = scheduleOf();
  schedule.watch('p', 'CONNECTED', 0, 0);
  schedule.watch('p', 'OFFLINE', 0, 0);
  let now = 0;
  const waits: number[] = [];
  for (let checks = 0; checks < 10; checks++) {
    const from = now;
    while (schedule.due(now, 1).length === 0) now += 100;
    waits.push(now - from);
    expect(schedule.failed('p', now, now)).toBeUndefined();
  }
  expect(waits[0]).toBeLessThan(3_100);
  expect(waits[3]).toBeGreaterThan(waits[1]!);
  expect(Math.max(...waits)).toBeLessThanOrEqual(TIMES.silenceMs);
});

test('ten thousand silent platforms that a new keeper meets are checked evenly over the next silence', () => {
  const schedule = scheduleOf(generator());
  for (let at = 0; at < 10_000; at++) schedule.watch(`p${at}`, 'CONNECTED', 0, 60 * MINUTE);
  const perMinute = [1, 2, 3, 4, 5].map((minute) => schedule.due((60 + minute) * MINUTE, 10_000).length);
  expect(perMinute.reduce((sum, count) => sum + count)).toBe(10_000);
  for (const count of perMinute) expect(Math.abs(count - 2_000)).toBeLessThan(200);
});

test('of those that are due, the ones that waited longest come first and no more than asked for', () => {
  const schedule = scheduleOf(() => 0);
  schedule.watch('late', 'CONNECTED', 2_000, 0);
  schedule.watch('early', 'CONNECTED', 1_000, 0);
  expect(schedule.due(6 * MINUTE, 1)).toEqual(['early']);
  schedule.forget('late');
  expect(schedule.due(6 * MINUTE, 10)).toEqual([]);
  expect(schedule.size).toBe(1);
});

test('a hub that checks after a second checks a second time within that second', () => {
  expect(probeTimes(1)).toEqual({ silenceMs: 1_000, retryMs: 250 });
  expect(probeTimes(300)).toEqual({ silenceMs: 300_000, retryMs: 3_000 });
});

/** A small generator of even numbers from 0 to 1, the same on every run. */
function generator(): () => number {
  let state = 1;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}
