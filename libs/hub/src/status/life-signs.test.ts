import { type PlatformEntry } from '../directory';
import { type Courier, type CourierAnswer, CourierFault, type SignBoard } from '../ports';
import { LifeSigns, signTimes } from './life-signs';
import { watchedCourier } from './watched-courier';

class Board implements SignBoard {
  readonly kept: string[][] = [];
  readonly told: string[] = [];
  broken = false;

  async keepSigns(signs: readonly { platformId: string; at: Date }[]): Promise<void> {
    if (this.broken) throw new Error('database is down');
    this.kept.push(signs.map(({ platformId, at }) => `${platformId} ${at.getTime()}`));
  }

  async tellAlive(ids: readonly string[]): Promise<void> {
    this.told.push(`alive ${ids.join()}`);
  }

  async tellSuspect(ids: readonly string[]): Promise<void> {
    this.told.push(`suspect ${ids.join()}`);
  }
}

let board: Board;
let status: string;
let now: number;
let warnings: number;
let signs: LifeSigns;
beforeEach(() => {
  [board, status, now, warnings] = [new Board(), 'CONNECTED', 0, 0];
  const parties = () => [{ status, statusSince: new Date(100) }];
  const directory = {
    platform: () => ({ record: { status, parties: parties() } }) as unknown as PlatformEntry,
  };
  const log = { info: () => undefined, warn: () => (warnings += 1), error: () => undefined };
  signs = new LifeSigns(board, directory, log, signTimes(300), () => now);
});

test('a thousand signs of one platform are one write, of the last of them', async () => {
  for (now = 1; now < 1_000; now++) signs.seen('p');
  signs.seen('q');
  await signs.flush();
  await signs.flush();
  expect(board.kept).toEqual([['p 999', 'q 1000']]);
  expect(board.told).toEqual([]);
});

test('a sign of a platform that is OFFLINE is told at once, and once in a second', () => {
  status = 'OFFLINE';
  for (now = 0; now < 2_500; now += 100) signs.seen('p');
  expect(board.told).toEqual(['alive p', 'alive p', 'alive p']);
});

test('a sign that came right after another one was told, or before it was known to be OFFLINE, is told later', async () => {
  status = 'OFFLINE';
  for (now of [150, 200]) signs.seen('p');
  await signs.flush();
  expect(board.told).toEqual(['alive p', 'alive p']);
  status = 'CONNECTED';
  signs.seen('q');
  status = 'OFFLINE';
  await signs.flush();
  expect(board.told).toEqual(['alive p', 'alive p', 'alive q']);
});

test('a platform that refuses the token of the hub in a row is told to the operator, once in 30 s', () => {
  for (now = 0; now < 31_000; now += 1_000) signs.failed('p', 'token_refused');
  expect(warnings).toBe(1);
  for (; now < 35_000; now += 1_000) signs.failed('p', 'token_refused');
  expect(warnings).toBe(2);
});

test('a sign from before it was OFFLINE is none of its return', async () => {
  now = 50;
  signs.seen('p');
  status = 'OFFLINE';
  await signs.flush();
  expect(board.told).toEqual([]);
});

test('three failures in a row make a platform suspect; an answer in between begins the row again', () => {
  signs.failed('p', 'refused');
  signs.failed('p', 'answer_timeout');
  signs.seen('p');
  signs.failed('p', 'token_refused');
  signs.failed('p', 'reset');
  expect(board.told).toEqual([]);
  signs.failed('p', 'connect_timeout');
  expect(board.told).toEqual(['suspect p']);
});

test('what is the fault of one message or of the hub itself is no failure of the platform', () => {
  for (let times = 0; times < 10; times++) signs.failed('p', 'overloaded');
  for (let times = 0; times < 10; times++) signs.failed('p', 'answer_too_large');
  expect(board.told).toEqual([]);
});

test('failures that are far apart, and those of a platform that is OFFLINE already, are no suspicion', () => {
  for (now = 0; now < 100_000; now += 16_000) signs.failed('p', 'refused');
  status = 'OFFLINE';
  for (let times = 0; times < 10; times++) signs.failed('q', 'refused');
  expect(board.told).toEqual([]);
});

test('a database that is down costs a warning and no message', async () => {
  board.broken = true;
  signs.seen('p');
  await signs.close();
  expect(warnings).toBe(1);
});

describe('what passes the courier', () => {
  const request = { platformId: 'p', method: 'GET', url: 'http://p/', headers: [], body: null, timeoutMs: 1 };
  const answer = (httpStatus: number, body: string, type?: string): CourierAnswer => ({
    ...{ httpStatus, body: Buffer.from(body), headers: type ? { 'content-type': type } : {} },
  });
  const noted = async (outcome: CourierAnswer | Error): Promise<string[]> => {
    const notes: string[] = [];
    const courier: Courier = {
      send: async () => {
        if (outcome instanceof Error) throw outcome;
        return outcome;
      },
      close: async () => undefined,
    };
    const watched = watchedCourier(courier, {
      seen: (id) => void notes.push(`seen ${id}`),
      failed: (id, fault) => void notes.push(`${fault} ${id}`),
    });
    await watched.send(request).catch((error: unknown) => expect(error).toBe(outcome));
    return notes;
  };

  test.each([
    ['an OCPI message', answer(200, '{"status_code":1000}'), ['seen p']],
    ['an OCPI error', answer(500, '{"status_code":3000}', 'application/json'), ['seen p']],
    ['401', answer(401, '{"status_code":2001}', 'application/json'), ['token_refused p']],
    ["a proxy's page", answer(502, '<html>', 'text/html'), []],
    ['no connection', new CourierFault('refused'), ['refused p']],
    ['an error of another kind', new Error('bug'), []],
  ])('%s', async (_, outcome, notes) => expect(await noted(outcome)).toEqual(notes));
});
