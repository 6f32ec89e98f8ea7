/**
 * `npm run test:faults`: ten times 2,000 broadcasts while router, workers, Redis and
 * PostgreSQL are killed, and connections ended, at random moments; and the same with an embedded PostgreSQL.
 * It takes minutes, so `npm test` runs `kill.test.ts` instead.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { expectUnharmed } from './cut-run';
import { HubUnderFire, type Victim } from './kill-run';

const REPEATS = 10;
const BROADCASTS = 2_000;
const VICTIMS: readonly Victim[] = ['router', 'worker', 'redis', 'postgres', 'connections'];
/** What can be killed of a hub in one process while the hub itself lives on. Five kills are as many as it starts it again. */
const EMBEDDED_VICTIMS: readonly Victim[] = ['postgres', 'connections', 'postgres', 'connections'];
/** Between two kills, at most, in ms. */
const CALM_MS = 1_500;

test.each(Array.from({ length: REPEATS }, (_, run) => run + 1))(
  'run %i: every accepted broadcast reaches every receiver, newest state last',
  async () => {
    const hub = new HubUnderFire();
    await hub.start();
    try {
      const over = { yet: false };
      const sending = hub.sendAll(BROADCASTS).finally(() => (over.yet = true));
      for (let kills = 0; !over.yet || kills < VICTIMS.length; kills++) {
        await sleep(Math.random() * CALM_MS);
        const victim = kills < VICTIMS.length ? kills : Math.floor(Math.random() * VICTIMS.length);
        await hub.kill(VICTIMS[victim]!);
      }
      await sending;
      expect(await hub.faults()).toEqual([]);
      console.log(`${BROADCASTS} broadcasts accepted, ${hub.kills} kills, nothing lost`);
    } finally {
      await hub.close();
    }
  },
  300_000,
);

test('the hub lives on, and keeps its word, while its connections to the database are ended for 30 s', async () => {
  await expectUnharmed(30_000);
}, 180_000);

test.each(Array.from({ length: REPEATS }, (_, run) => run + 1))(
  'run %i with an embedded PostgreSQL: every accepted broadcast reaches every receiver, newest state last',
  async () => {
    const hub = new HubUnderFire(true);
    await hub.start();
    try {
      const sending = hub.sendAll(BROADCASTS / 4);
      for (const victim of EMBEDDED_VICTIMS) {
        await sleep(Math.random() * CALM_MS);
        await hub.kill(victim);
      }
      await sending;
      expect(await hub.faults()).toEqual([]);
    } finally {
      await hub.close();
    }
  },
  300_000,
);
