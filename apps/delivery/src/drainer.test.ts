/** The lines of one process: what it begins, what waits for room, what it gives back. */
import { type DeliveryLine, type DeliveryStore, type LeasedLeg, type NextLeg } from '@app/hub';
import { Drainer, type DrainerParts } from './drainer';

/** As many lines as a process drains at a time, each of a platform of its own. */
const FULL = 1_024;
const lines = (from: number, count: number): DeliveryLine[] =>
  Array.from({ length: count }, (_, n) => ({ platformId: `p${from + n}`, line: `l${from + n}` }));
const LEASE_MS = 10_000;
/** A leg that is leased, for so many ms more than an attempt takes. */
const leg = (at: number, platformId = `p${at}`, spareMs = 1_000): LeasedLeg =>
  ({
    ...{
      line: `l${at}`,
      platformId,
      id: `leg ${at}`,
      leaseId: 'b',
      attempts: 9,
      push: { module: 'locations' },
    },
    leasedUntil: performance.now() + LEASE_MS + spareMs,
  }) as LeasedLeg;
const turn = () => new Promise((resolve) => setTimeout(resolve, 5));

let asked: string[];
let answers: Map<string, (next: NextLeg) => void>;
let woken: DeliveryLine[];
/** What was done with legs; to send one is to find that its platform is gone. */
let done: string[];
const OFFLINE = { record: { registeredAt: new Date(), status: 'OFFLINE' } };
let platforms: Map<string, typeof OFFLINE>;
/** How often the database fails to note how a leg ended. */
let failures: number;
let drainer: Drainer;

beforeEach(() => {
  asked = [];
  answers = new Map();
  woken = [];
  done = [];
  failures = 0;
  platforms = new Map([['offline', OFFLINE]]);
  const deliveries: Pick<DeliveryStore, 'lease' | 'release' | 'settle' | 'park'> = {
    lease: ({ line }) => {
      asked.push(line);
      return new Promise((resolve) => answers.set(line, resolve));
    },
    release: async ({ id }) => void done.push(`${id} given back`),
    settle: async ({ id }, { state }) => {
      if (failures-- > 0) throw new Error('terminating connection');
      done.push(`${id} ${state}`);
      return false;
    },
    park: async (platformId) => void done.push(`${platformId} parked`),
  };
  const waker = { wake: (given: readonly DeliveryLine[]) => woken.push(...given) };
  const directory = { platform: (id: string) => platforms.get(id) };
  const log = { error: () => undefined };
  const parts = { deliveries, waker, directory, log, leaseMs: LEASE_MS, onSent: () => undefined };
  drainer = new Drainer(parts as unknown as DrainerParts);
});
afterEach(() => drainer.close(0));

const end = (line: string, dueInMs: number | null = null): void => answers.get(line)!({ dueInMs });

test('no more lines are begun at a time than a process can hold, and the next when one is done', async () => {
  await drainer.take(lines(0, FULL + 2));
  expect(asked).toHaveLength(FULL);
  end('l7');
  await turn();
  expect(asked.slice(FULL)).toEqual(['l1024']);
});

test('who hands over more than there is room for waits until there is', async () => {
  let room = false;
  const taken = drainer.take(lines(0, 2 * FULL + 1)).then(() => (room = true));
  await turn();
  expect(room).toBe(false);
  end('l0');
  await taken;
});

test('a line that is handed over twice waits once', async () => {
  await drainer.take(lines(0, FULL));
  await drainer.take([...lines(FULL, 1), ...lines(FULL, 1)]);
  expect(drainer.has(lines(FULL, 1)[0]!)).toBe(true);
  for (const line of ['l0', 'l1']) end(line);
  await turn();
  expect(asked.slice(FULL)).toEqual(['l1024']);
});

test('a line that is due later is looked at again then', async () => {
  await drainer.take(lines(0, 1));
  end('l0', 20);
  await turn();
  expect(asked).toEqual(['l0']);
  await new Promise((resolve) => setTimeout(resolve, 40));
  expect(asked).toEqual(['l0', 'l0']);
});

test('a platform whose slots are taken holds nobody up', async () => {
  const slow = Array.from({ length: FULL }, (_, n) => ({ platformId: 'slow', line: `s${n}` }));
  await drainer.take([...slow, ...lines(0, 1)]);
  expect(asked).toHaveLength(8 + 1);
  end('s0');
  await turn();
  expect(asked.at(-1)).toBe('s8');
});

test('what was not begun is given back at the end', async () => {
  await drainer.take(lines(0, FULL + 1));
  await drainer.close(0);
  expect(woken).toEqual(lines(FULL, 1));
  for (const line of ['l0', 'l1']) end(line);
  await turn();
  expect(asked).toHaveLength(FULL);
});

test('a leg that comes leased is sent without a look at its line', async () => {
  await drainer.take([leg(0)]);
  await turn();
  expect([asked, done]).toEqual([[], ['leg 0 discarded']]);
});

test('a leg whose lease could end under way is given back, and its line looked at', async () => {
  await drainer.take([leg(0, 'p0', -1)]);
  await turn();
  expect([asked, done]).toEqual([['l0'], ['leg 0 given back']]);
});

test('a leg whose receiver cannot be reached is given back before it is parked', async () => {
  await drainer.take([leg(0, 'offline')]);
  await turn();
  expect(done).toEqual(['leg 0 given back', 'offline parked']);
});

test('a line that waits with its leg keeps it, when it is handed over without', async () => {
  await drainer.take(lines(0, FULL));
  await drainer.take([leg(FULL)]);
  await drainer.take(lines(FULL, 1));
  end('l0');
  await turn();
  expect([asked.slice(FULL), done]).toEqual([[], [`leg ${FULL} discarded`]]);
});

test('a leg whose platform has no slot free is given back, and its line looked at when there is one', async () => {
  const slow = Array.from({ length: 8 }, (_, n) => ({ platformId: 'slow', line: `s${n}` }));
  await drainer.take([...slow, leg(0, 'slow')]);
  await turn();
  expect(done).toEqual(['leg 0 given back']);
  end('s0');
  await turn();
  expect(asked.at(-1)).toBe('l0');
});

test('a leg that waits for its turn is given back at the end', async () => {
  await drainer.take([...lines(0, FULL), leg(FULL)]);
  await drainer.close(0);
  expect(done).toEqual([`leg ${FULL} given back`]);
  expect(woken).toEqual(lines(FULL, 1));
  for (const answer of answers.values()) answer({ dueInMs: null });
});

test('legs that come while the process stops are given back', async () => {
  await drainer.close(0);
  await drainer.take([leg(0), ...lines(1, 1)]);
  expect([asked, done]).toEqual([[], ['leg 0 given back']]);
  expect(woken).toEqual(lines(0, 2));
});

test('lines that waited for a slot of a platform that went away are free to be found by the sweep', async () => {
  const many = Array.from({ length: 100 }, (_, n) => ({ platformId: 'p', line: `s${n}` }));
  await drainer.take(many);
  platforms.set('p', OFFLINE);
  for (const { line } of many.slice(0, 8)) end(line);
  await turn();
  expect(done).toContain('p parked');
  expect(many.filter((line) => drainer.has(line))).toEqual([]);
});

test('a line that is due in a month is not looked at before', async () => {
  await drainer.take(lines(0, 1));
  end('l0', 30 * 24 * 3_600_000);
  await new Promise((resolve) => setTimeout(resolve, 40));
  expect(asked).toEqual(['l0']);
});

test('how a leg ended is noted again when the database could not do it, as long as the lease lasts', async () => {
  failures = 2;
  await drainer.take([leg(0, 'p0', 1_000), leg(1, 'p1', 1_000)]);
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(done.sort()).toEqual(['leg 0 discarded', 'leg 1 discarded']);
});
