import fc from 'fast-check';
import { HubError } from '../hub-error';
import { Account } from './account';
import { Accounts } from './accounts';
import { Room, type Share } from './room';
import { networkOf, Strangers } from './strangers';
import { rateOf, TokenBucket } from './token-bucket';

const takes = (bucket: TokenBucket, nowMs: number, tries: number): number =>
  Array.from({ length: tries }, () => bucket.take(nowMs)).filter(Boolean).length;

function refusalOf(act: () => void): HubError | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    return error as HubError;
  }
}

describe('requests a second', () => {
  it('come as a burst of two seconds after silence, and at their rate from then on', () => {
    const bucket = new TokenBucket(rateOf(10), 0);
    expect(takes(bucket, 0, 100)).toBe(20);
    expect(takes(bucket, 500, 100)).toBe(5);
    expect(takes(bucket, 60_000, 100)).toBe(20);
  });

  it('are never more than rate and burst allow, however they come', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 200 }), (gaps) => {
        const bucket = new TokenBucket(rateOf(10), 0);
        let [nowMs, taken] = [0, 0];
        for (const gap of gaps) taken += takes(bucket, (nowMs += gap), 3);
        return taken <= 20 + nowMs / 100 + 1e-6;
      }),
    );
  });

  it('are refused with the whole seconds after which there is one again', () => {
    const account = new Account('p', { perSecond: 0.25, burst: 1 }, 0);
    account.spend(0);
    const refusal = refusalOf(() => account.spend(1_000));
    expect([refusal?.code, refusal?.retryAfterSeconds]).toEqual(['too_many_requests', 3]);
  });

  it('that others let through in the same name are taken off here', async () => {
    let nowMs = 0;
    const accounts = new Accounts(rateOf(10), () => nowMs);
    const account = accounts.of('p');
    accounts.spend(account);
    const reports: unknown[] = [];
    const left = (level: number) => ({
      spend: (spendings: readonly object[]) => {
        reports.push(...spendings);
        // Another one comes while the report is under way.
        if (reports.length === 1) accounts.spend(account);
        return Promise.resolve([level]);
      },
      close: () => Promise.resolve(),
    });
    await accounts.settle(left(3));
    expect(takes(account.bucket, nowMs, 10)).toBe(2);
    await accounts.settle(left(-5));
    expect(reports).toEqual([
      { name: 'p', spent: 1 },
      { name: 'p', spent: 3 }, // the other one and two more
    ]);
    expect(refusalOf(() => accounts.spend(account))?.retryAfterSeconds).toBe(1);
    nowMs = 1_000;
    expect(takes(account.bucket, nowMs, 10)).toBe(5);
  });
});

describe('a room', () => {
  const fill = (room: Room, share: Share): number => {
    let taken = 0;
    while (room.take(share)) taken += 1;
    return taken;
  };

  it('gives one alone a half, and always has something left for who comes next', () => {
    const room = new Room(120);
    expect(fill(room, { held: 0 })).toBe(60);
    expect(fill(room, { held: 0 })).toBe(30);
    expect(fill(room, { held: 0 })).toBe(15);
  });

  it('evens out between two that never have enough', () => {
    const room = new Room(120);
    const [one, other] = [{ held: 0 }, { held: 0 }];
    fill(room, one);
    for (let turn = 0; turn < 500; turn++) {
      room.give(turn % 2 === 0 && one.held > other.held ? one : turn % 2 === 0 ? other : one);
      fill(room, other);
      fill(room, one);
    }
    expect(Math.abs(one.held - other.held)).toBeLessThanOrEqual(2);
    expect(Math.abs(room.used - 80)).toBeLessThanOrEqual(2);
  });

  it('never holds more than it has, and what is given back is there again', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(3), fc.integer({ min: -40, max: 40 }))), (steps) => {
        const room = new Room(100);
        const shares = Array.from({ length: 4 }, () => ({ held: 0 }));
        for (const [who, amount] of steps) {
          const share = shares[who]!;
          if (amount >= 0) room.take(share, amount);
          else room.give(share, Math.min(share.held, -amount));
        }
        const sum = shares.reduce((all, { held }) => all + held, 0);
        return room.used === sum && sum <= 100;
      }),
    );
  });

  it('that is full refuses those who hold something for their own sake, and the others for its own', () => {
    const rooms = { requests: new Room(3), bytes: new Room(100) };
    const [one, two, three] = ['1', '2', '3'].map((name) => new Account(name, rateOf(1), 0));
    one!.enter(rooms, 10);
    expect(refusalOf(() => one!.enter(rooms, 60))?.code).toBe('too_many_in_flight');
    two!.enter(rooms, 0);
    expect(refusalOf(() => one!.enter(rooms, 0))?.code).toBe('too_many_in_flight');
    const refusal = refusalOf(() => three!.enter(rooms, 0));
    expect([refusal?.code, refusal?.retryAfterSeconds]).toEqual(['hub_full', 1]);
    one!.leave(rooms, 10);
    expect([rooms.requests.used, rooms.bytes.used]).toEqual([1, 0]);
  });
});

describe('strangers', () => {
  it('of one address take nothing from another, and all together have a limit', () => {
    const strangers = new Strangers(5, () => 0);
    const sent = (address: string): number => {
      for (let n = 0; ; n++) if (refusalOf(() => strangers.spend(address))) return n;
    };
    expect([sent('192.0.2.1'), sent('192.0.2.2'), sent('192.0.2.1')]).toEqual([10, 10, 0]);
    let all = 20;
    for (let n = 0; n < 100; n++) all += sent(`198.51.100.${n}`);
    expect(all).toBe(200);
  });

  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:DB8::1', '2001:db8:0:0'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
    ['::1', '0:0:0:0'],
  ])('at %s are those of %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});
