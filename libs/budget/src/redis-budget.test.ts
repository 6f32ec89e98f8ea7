import { rateOf, type SharedBudget } from '@app/hub';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { where } from '../../../test/support/backends';
import { openRedisBudget } from './redis-budget';

const redisUrl = process.env.TEST_REDIS_URL;
const opened: SharedBudget[] = [];
afterEach(() => Promise.all(opened.splice(0).map((budget) => budget.close())));

/** A budget of 10 a second and 20 at once. */
async function budgetOf(prefix: string, url = redisUrl!): Promise<SharedBudget> {
  const budget = openRedisBudget({ redisUrl: url, prefix, rate: rateOf(10) });
  opened.push(budget);
  // Until it is connected it says that it is not.
  for (let tries = 0; tries < 100 && url === redisUrl; tries++) {
    if (await budget.spend([{ name: 'nobody', spent: 0 }]).then(Boolean, () => false)) break;
    await sleep(10);
  }
  return budget;
}

const spend = async (budget: SharedBudget, spent: number, name = 'p'): Promise<number> =>
  Math.round((await budget.spend([{ name, spent }]))[0]!);

where(redisUrl !== undefined).describe('requests a second in Redis', () => {
  it('that two processes let through are taken off one bucket', async () => {
    const prefix = randomUUID();
    const [one, other] = [await budgetOf(prefix), await budgetOf(prefix)];
    expect(await spend(one, 15)).toBe(5);
    expect(await spend(other, 10)).toBe(-5);
    expect(await spend(one, 0)).toBe(-5);
  });

  it('are those of one platform of one hub', async () => {
    const [one, other] = [await budgetOf(randomUUID()), await budgetOf(randomUUID())];
    const left = await one.spend([
      { name: 'p', spent: 3 },
      { name: 'q', spent: 4 },
    ]);
    expect(left.map(Math.round)).toEqual([17, 16]);
    expect(await spend(other, 1)).toBe(19);
  });

  it('come back at their rate, however much was spent too much', async () => {
    const budget = await budgetOf(randomUUID());
    expect(await spend(budget, 1_000)).toBe(-20);
    await sleep(1_000);
    const left = await spend(budget, 0);
    expect(left).toBeGreaterThanOrEqual(-10);
    expect(left).toBeLessThanOrEqual(-7);
  });
});

it('of a Redis that is away are not known, which is said at once', async () => {
  const budget = await budgetOf(randomUUID(), 'redis://127.0.0.1:1');
  const began = performance.now();
  await expect(spend(budget, 1)).rejects.toThrow();
  expect(performance.now() - began).toBeLessThan(1_000);
});
