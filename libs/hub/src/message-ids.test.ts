import { clipCorrelationId } from './message-ids';

const LONG = 'x'.repeat(4_096);

test('a correlation id of at most 255 characters is kept as it is', () => {
  for (const id of ['a', '6f3c1b0e-55b5-4e3b-8a7b-0b8a0c7f5a10', 'x'.repeat(255)])
    expect(clipCorrelationId(id)).toBe(id);
});

test('a longer one is kept as its beginning and its hash, in 255 characters', () => {
  const kept = clipCorrelationId(LONG);
  expect(kept).toHaveLength(255);
  expect(kept).toMatch(/^x{183}~sha256:[0-9a-f]{64}$/);
});

test('two long ones that differ in their last character only stay apart', () => {
  expect(clipCorrelationId(`${LONG}1`)).not.toBe(clipCorrelationId(`${LONG}2`));
});

test('what was clipped once is not clipped again', () => {
  expect(clipCorrelationId(clipCorrelationId(LONG))).toBe(clipCorrelationId(LONG));
});
