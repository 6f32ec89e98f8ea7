/** The lines of one process: what it begins, what waits for room, what it gives back. */
import { type DeliveryLine, type DeliveryStore, Directory, type NextLeg } from '@app/hub';
import { Drainer, type DrainerParts } from './drainer';

/** As many lines as a process drains at a time, each of a platform of its own. */
const FULL = 1_024;
const lines = (from: number, count: number): DeliveryLine[] =>
  Array.from({ length: count }, (_, n) => ({ platformId: `p${from + n}`, line: `l${from + n}` }));
const turn = () => new Promise((resolve) => setTimeout(resolve, 5));

let asked: string[];
let answers: Map<string, (next: NextLeg) => void>;
let woken: DeliveryLine[];
let drainer: Drainer;

beforeEach(() => {
  asked = [];
  answers = new Map();
  woken = [];
  const deliveries: Pick<DeliveryStore, 'lease'> = {
    lease: ({ line }) => {
      asked.push(line);
      return new Promise((resolve) => answers.set(line, resolve));
    },
  };
  const waker = { wake: (given: readonly DeliveryLine[]) => woken.push(...given) };
  const parts = { deliveries, waker, directory: new Directory() };
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
