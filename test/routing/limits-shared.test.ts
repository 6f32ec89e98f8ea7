/** Routers are many, and what a platform may send is counted over all of them. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type RunningApp } from '@app/runtime';
import { where } from '../support/backends';
import { LimitedWorld } from '../support/limits';

const PER_SECOND = 20;
const SECONDS = 4;
/** One platform may send so much of it in all. */
const ALLOWED = PER_SECOND * (2 + SECONDS);

let world: LimitedWorld;
afterEach(() => world.close());

/** How many requests of one platform two routers let through when it asks both as fast as it is answered. */
async function letThrough(env: Record<string, string>): Promise<number> {
  world = await LimitedWorld.start({ REQUESTS_PER_SECOND_PER_PLATFORM: `${PER_SECOND}`, ...env });
  const second: RunningApp & { versionsUrl: string } = await world.hub.addRouter();
  await sleep(500); // what the registration spent is known to both
  const end = performance.now() + SECONDS * 1_000;
  let through = 0;
  const askOn = async (url: string): Promise<void> => {
    while (performance.now() < end) if ((await world.cpo.follow(url)).httpStatus === 200) through += 1;
  };
  const urls = [world.hub.versionsUrl, second.versionsUrl];
  await Promise.all(urls.flatMap((url) => Array.from({ length: 8 }, () => askOn(url))));
  return through;
}

where(process.env.TEST_REDIS_URL !== undefined).it(
  'two routers on one Redis let through little more than one of them would',
  async () => {
    const through = await letThrough({ REDIS_URL: process.env.TEST_REDIS_URL! });
    expect(through).toBeGreaterThan(0.6 * ALLOWED);
    expect(through).toBeLessThan(1.4 * ALLOWED);
  },
);

it('two routers whose Redis is away each let through what one may, and refuse nobody for it', async () => {
  const through = await letThrough({ REDIS_URL: 'redis://127.0.0.1:1' });
  expect(through).toBeGreaterThan(1.6 * ALLOWED);
  expect(through).toBeLessThan(2.2 * ALLOWED);
});
