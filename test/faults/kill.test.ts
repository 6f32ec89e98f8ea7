/** The small version of `npm run test:faults`, in every test run. */
import { setTimeout as sleep } from 'node:timers/promises';
import { findRedis } from '../../apps/hub/src/embedded/redis';
import { where } from '../support/backends';
import { HubUnderFire } from './kill-run';

const testWithRedis = where(findRedis() !== undefined).it;

testWithRedis(
  'no accepted broadcast is lost when a worker is killed and Redis comes back empty',
  async () => {
    const hub = new HubUnderFire();
    await hub.start();
    try {
      const sending = hub.sendAll(200);
      await sleep(300);
      await hub.kill('redis');
      await hub.kill('worker');
      await sending;
      expect(await hub.faults()).toEqual([]);
    } finally {
      await hub.close();
    }
  },
  120_000,
);

testWithRedis.each([
  ['external', false],
  ['embedded', true],
] as const)(
  'no accepted broadcast is lost when an %s PostgreSQL is killed and its connections are ended',
  async (_, isEmbedded) => {
    const hub = new HubUnderFire(isEmbedded);
    await hub.start();
    try {
      const sending = hub.sendAll(100);
      await sleep(300);
      await hub.kill('connections');
      await hub.kill('postgres');
      await sending;
      expect(await hub.faults()).toEqual([]);
    } finally {
      await hub.close();
    }
  },
  180_000,
);
