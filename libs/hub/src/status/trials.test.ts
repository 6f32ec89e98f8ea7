import { Trials } from './trials';

const at = (seconds: number) => new Date(seconds * 1_000);

test('one message in three seconds may try a platform that is OFFLINE', () => {
  const trials = new Trials();
  expect([0, 0, 1, 2.9, 3, 3.1, 6].map((seconds) => trials.mayTry('p', at(seconds)))).toEqual([
    ...[true, false, false, false],
    ...[true, false, true],
  ]);
});

test('each platform has trials of its own, and new ones after it was CONNECTED', () => {
  const trials = new Trials();
  expect(trials.mayTry('p', at(0))).toBe(true);
  expect(trials.mayTry('q', at(0))).toBe(true);
  trials.forget('p');
  expect([trials.mayTry('p', at(1)), trials.mayTry('q', at(1))]).toEqual([true, false]);
});
