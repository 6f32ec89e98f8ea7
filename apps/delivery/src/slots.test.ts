import { Slots } from './slots';

const line = (platformId: string, n: number) => ({ platformId, line: `${platformId}-${n}` });
const takeAll = (slots: Slots, platformId: string, count: number): number =>
  Array.from({ length: count }, (_, n) => slots.take(line(platformId, n))).filter(Boolean).length;

test('a platform has eight slots, and none of them is taken from the others', () => {
  const slots = new Slots();
  expect(takeAll(slots, 'slow', 20)).toBe(8);
  expect(takeAll(slots, 'other', 20)).toBe(8);
});

test('who waited longest comes when a slot is free', () => {
  const slots = new Slots();
  takeAll(slots, 'a', 10);
  expect(slots.release('a', true)).toEqual([line('a', 8)]);
  expect(slots.release('a', true)).toEqual([line('a', 8), line('a', 9)].slice(1));
  expect(slots.release('a', true)).toEqual([]);
});

test('a line that is asked for twice waits once', () => {
  const slots = new Slots();
  takeAll(slots, 'a', 8);
  slots.take(line('a', 9));
  slots.take(line('a', 9));
  slots.release('a', undefined);
  expect(slots.release('a', undefined)).toEqual([line('a', 9)].slice(1));
});

test('a platform that does not answer has one slot, and gets the others back as it answers', () => {
  const slots = new Slots();
  takeAll(slots, 'a', 8);
  for (let n = 0; n < 8; n++) slots.release('a', false);
  expect(takeAll(slots, 'a', 8)).toBe(1);
  expect(slots.release('a', true)).toHaveLength(2);
  slots.release('a', undefined);
});
