import { CourierFault } from '@app/hub';
import { Bulkhead } from './bulkhead';

const CALLER = { callerId: 'c1' };

beforeEach(() => jest.useFakeTimers({ now: 1_000_000 }));
afterEach(() => jest.useRealTimers());

/** One caller alone gets a half of the room: that is taken here. */
function full(): Bulkhead {
  const bulkhead = new Bulkhead(4);
  for (let n = 0; n < 2; n++) bulkhead.enter(CALLER);
  return bulkhead;
}

function refusalOf(bulkhead: Bulkhead): CourierFault {
  try {
    bulkhead.enter(CALLER);
  } catch (error) {
    if (error instanceof CourierFault) return error;
  }
  throw new Error('was not refused');
}

/** What is told after each of these times without a request that ends, in s. */
function toldAfter(bulkhead: Bulkhead, ...waits: number[]): (number | undefined)[] {
  return waits.map((seconds) => {
    jest.advanceTimersByTime(seconds * 1_000);
    return refusalOf(bulkhead).retryAfterSeconds;
  });
}

test('the longer a platform answers nothing, the later those come again whom it has no room for', () => {
  const bulkhead = full();
  expect(toldAfter(bulkhead, 0, 1, 2.5, 5)).toEqual([1, 1, 4, 9]);
  expect(refusalOf(bulkhead).kind).toBe('overloaded');
  expect(toldAfter(bulkhead, 3_600)).toEqual([30]);
});

test('once a request ends they come again soon', () => {
  const bulkhead = full();
  jest.advanceTimersByTime(20_000);
  bulkhead.leave(CALLER);
  bulkhead.enter(CALLER);
  expect(toldAfter(bulkhead, 0, 5)).toEqual([1, 5]);
});

test('a platform that was asked nothing for long does not count as one that hangs', () => {
  const bulkhead = full();
  for (let n = 0; n < 2; n++) bulkhead.leave(CALLER);
  jest.advanceTimersByTime(3_600_000);
  for (let n = 0; n < 2; n++) bulkhead.enter(CALLER);
  expect(toldAfter(bulkhead, 0)).toEqual([1]);
});
