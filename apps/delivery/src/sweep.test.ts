/** What one sweep does, and that a backlog does not outgrow it. */
import { type DeliveryLine, type DeliveryStore } from '@app/hub';
import { startSweep, type SweepParts } from './sweep';

const PAGE = 1_000;
const lines = (count: number): DeliveryLine[] =>
  Array.from({ length: count }, (_, n) => ({ platformId: 'p', line: `l${n}` }));

/** A store with so many legs of each kind to look after, and who takes bundles over. */
function backlog(left: { unpark: number; expire: number; purge: number; bundles: number }) {
  const take = (kind: keyof typeof left, limit: number): number => {
    const count = Math.min(left[kind], limit);
    left[kind] -= count;
    return count;
  };
  const deliveries: Partial<DeliveryStore> = {
    unpark: async (limit) => lines(take('unpark', limit)),
    expire: async (limit) => take('expire', limit),
    purge: async (limit) => take('purge', limit),
    parkPaused: async () => 0,
    overdue: async () => ({ data: [], nextCursor: null }),
  };
  const drainer = {
    ...{ has: () => false, take: async () => undefined },
    takeForgotten: async (_: number, limit: number) => take('bundles', limit),
  };
  return { deliveries, drainer };
}

test('a sweep goes on while there is a page more to let go, to end, to take over and to forget', async () => {
  const left = { unpark: 3 * PAGE, expire: 2 * PAGE + 1, purge: 4 * PAGE, bundles: 3 * PAGE + 1 };
  const woken: DeliveryLine[] = [];
  const waker = { wake: (given: readonly DeliveryLine[]) => void woken.push(...given) };
  const log = { error: () => undefined };
  const expired: number[] = [];
  const onExpired = (legs: number) => void expired.push(legs);
  const releaseDead = async () => 0;
  const parts = { ...backlog(left), releaseDead, waker, onExpired, log } as unknown as SweepParts;
  const sweep = startSweep(parts);
  await new Promise((resolve) => setTimeout(resolve, 200));
  await sweep.close();
  expect(left).toEqual({ unpark: 0, expire: 0, purge: 0, bundles: 0 });
  expect(woken).toHaveLength(3 * PAGE);
  expect(expired.reduce((sum, legs) => sum + legs)).toBe(2 * PAGE + 1);
});
