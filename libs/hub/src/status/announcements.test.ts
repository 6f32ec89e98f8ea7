import { type Agreement, AgreementBook } from '../agreement';
import { Directory } from '../directory';
import { type ConnectionStatus, type PendingChange, type PlatformRecord } from '../ports';
import { announcementPush } from './announcement-push';
import { announceChange, announceViewChanges, nextTurn, touchedBy, viewChangesOf } from './announcements';

const T0 = new Date('2026-01-01T00:00:00Z');
const T1 = new Date('2026-01-02T00:00:00Z');
const T2 = new Date('2026-01-03T00:00:00Z');
const at = (name: string) => ({ countryCode: name.slice(0, 2), partyId: name.slice(3) });

function platform(id: string, names: readonly string[], more: Partial<PlatformRecord> = {}): PlatformRecord {
  return {
    ...{ id, name: id, status: 'CONNECTED', suspended: false, version: '2.2.1', versionsUrl: 'http://p/v' },
    ...{ createdAt: T0, registeredAt: T0, lastSeenAt: null, announced: false, peerToken: 'token' },
    allowedHosts: [],
    parties: names.map((name) => ({
      ...{ ...at(name), role: 'CPO', status: 'CONNECTED', statusSince: T0, knownSince: T0 },
      ...{ held: true, businessDetails: null },
    })),
    endpoints: [{ module: 'hubclientinfo', interfaceRole: 'RECEIVER', url: 'http://p/h' }],
    issuedTokens: [],
    ...more,
  };
}

function directoryOf(...records: PlatformRecord[]): Directory {
  const directory = new Directory();
  directory.reloaded(records);
  return directory;
}

function changeOf(status: ConnectionStatus, announced: ConnectionStatus | null): PendingChange {
  return {
    ...{ ...at('NL*AAA'), role: 'CPO', platformId: 'a', status, statusSince: T1, knownSince: T0 },
    ...{ announcedStatus: announced, announcedPlatformId: announced && 'a' },
  };
}

function agreement(id: string, from: string, to: string, more: Partial<Agreement> = {}): Agreement {
  const side = (name: string) => (name === '*' ? ('*' as const) : at(name));
  return {
    ...{ id, from: side(from), to: side(to), modules: ['*'], effect: 'deny', bothWays: true },
    ...{ validFrom: null, validUntil: null, note: null, ...more },
  };
}

const A = platform('a', ['NL*AAA']);
const B = platform('b', ['NL*BBB']);
const C = platform('c', ['NL*CCC', 'NL*DDD']);
const deny = (...agreements: Agreement[]) => new AgreementBook(agreements, 'allow');
const shown = (list: ReturnType<typeof announceChange>) =>
  list.map(({ info, viewerIds }) => `${info.status} ${info.last_updated.slice(0, 10)} ${viewerIds.join()}`);

describe('a change of status', () => {
  test('is told to every other registered platform with a receiver interface, suspended ones included, and never to its own', () => {
    const others = [
      platform('planned', ['NL*PLA'], { peerToken: null }),
      platform('stopped', ['NL*STO'], { suspended: true }),
      platform('deaf', ['NL*DEA'], { endpoints: [] }),
    ];
    const picture = { directory: directoryOf(A, B, C, ...others), book: deny(), now: T2 };
    expect(shown(announceChange(changeOf('OFFLINE', 'CONNECTED'), picture))).toEqual([
      'OFFLINE 2026-01-02 b,c,stopped',
    ]);
  });

  test('is hidden from a platform that may exchange nothing with the party: nothing changed for it', () => {
    const book = deny(agreement('1', 'NL*AAA', 'NL*BBB'));
    const picture = { directory: directoryOf(A, B, C), book, now: T2 };
    expect(shown(announceChange(changeOf('OFFLINE', 'CONNECTED'), picture))).toEqual([
      'OFFLINE 2026-01-02 c',
    ]);
    expect(shown(announceChange(changeOf('CONNECTED', null), picture))).toEqual([
      'PLANNED 2026-01-01 b',
      'CONNECTED 2026-01-02 c',
    ]);
    expect(shown(announceChange(changeOf('SUSPENDED', 'CONNECTED'), picture))).toEqual([
      'SUSPENDED 2026-01-02 b,c',
    ]);
  });

  test('is shown as it is where one of several parties, one module or one direction is left', () => {
    const oneParty = deny(agreement('1', 'NL*AAA', 'NL*CCC'));
    const oneModule = deny(agreement('1', 'NL*AAA', '*', { modules: ['locations', 'cdrs'] }));
    const oneWay = deny(agreement('1', 'NL*AAA', '*', { bothWays: false }));
    for (const book of [oneParty, oneModule, oneWay]) {
      const picture = { directory: directoryOf(A, B, C), book, now: T2 };
      expect(shown(announceChange(changeOf('OFFLINE', 'CONNECTED'), picture))).toEqual([
        'OFFLINE 2026-01-02 b,c',
      ]);
    }
  });

  test('of a party that moved to another platform is told to the one that had it', () => {
    const moved = { ...changeOf('CONNECTED', 'CONNECTED'), announcedPlatformId: 'b' };
    const picture = { directory: directoryOf(A, B, C), book: deny(), now: T2 };
    expect(shown(announceChange(moved, picture))).toEqual(['CONNECTED 2026-01-02 b']);
  });
});

describe('a change of agreements', () => {
  const before = { agreements: [] as Agreement[], fallback: 'allow' as const, at: T0 };
  const party = {
    ...at('NL*AAA'),
    role: 'CPO',
    platformId: 'a',
    status: 'CONNECTED',
    statusSince: T0,
  } as const;

  function changes(old: typeof before, current: typeof before, views = new Map<string, boolean>()) {
    const directory = directoryOf(A, B, C);
    const moments = {
      before: { directory, book: new AgreementBook(old.agreements, old.fallback), now: old.at },
      after: { directory, book: new AgreementBook(current.agreements, current.fallback), now: current.at },
    };
    return viewChangesOf(party, touchedBy(old, current), views, moments).map(
      ({ viewerId, forbidden, since }) =>
        `${viewerId} ${String(forbidden)} ${since.toISOString().slice(0, 10)}`,
    );
  }

  test('concerns the two sides: made, withdrawn, begun and ended', () => {
    const rule = agreement('1', 'NL*AAA', 'NL*BBB');
    expect(changes(before, { ...before, agreements: [rule], at: T1 })).toEqual(['b true 2026-01-02']);
    expect(changes({ ...before, agreements: [rule] }, { ...before, at: T1 })).toEqual(['b false 2026-01-02']);
    const timed = { ...rule, validFrom: T1, validUntil: T2 };
    const [dayBefore, day] = [
      { ...before, agreements: [timed] },
      { ...before, agreements: [timed], at: T1 },
    ];
    expect(nextTurn(dayBefore)).toBe(T1.getTime());
    expect(changes(dayBefore, day)).toEqual(['b true 2026-01-02']);
    expect(changes(day, { ...day, at: T2 })).toEqual(['b false 2026-01-03']);
    expect(nextTurn({ ...day, at: T2 })).toBe(Infinity);
  });

  test('that lets something pass still, or that was told before, changes nothing', () => {
    const some = {
      ...before,
      agreements: [agreement('1', 'NL*AAA', 'NL*BBB', { modules: ['cdrs'] })],
      at: T1,
    };
    expect(changes(before, some)).toEqual([]);
    const all = { ...before, agreements: [agreement('1', 'NL*AAA', 'NL*BBB')], at: T1 };
    expect(changes(before, all, new Map([['b', true]]))).toEqual([]);
  });

  test('for everybody concerns everybody, and so does another default', () => {
    const everybody = { ...before, agreements: [agreement('1', '*', 'NL*AAA')], at: T1 };
    expect(changes(before, everybody)).toEqual(['b true 2026-01-02', 'c true 2026-01-02']);
    expect(changes(before, { ...before, fallback: 'deny' as never, at: T1 })).toHaveLength(2);
  });

  test('is told with the status that was announced, and since when it holds', () => {
    const change = { party, since: T2 };
    const told = announceViewChanges(
      [
        { ...change, viewerId: 'b', forbidden: true },
        { ...change, viewerId: 'c', forbidden: false },
      ],
      new Map([['NL*AAA/CPO', { ...party, status: 'OFFLINE' }]]),
      directoryOf(A, B, C),
    );
    expect(shown(told)).toEqual(['PLANNED 2026-01-03 b', 'OFFLINE 2026-01-03 c']);
  });
});

test('the two roles of a pair are two objects at one URL, and each platform is one receiver', () => {
  const parts = { newId: () => 'id', maxAgeSeconds: 900 };
  const pushOf = (role: string) =>
    announcementPush(
      {
        info: { country_code: 'NL', party_id: 'AAA', role, status: 'OFFLINE', last_updated: 'T' },
        viewerIds: ['b', 'c'],
      },
      parts,
    );
  const [cpo, emsp] = [pushOf('CPO'), pushOf('EMSP')];
  expect(cpo.push).toMatchObject({
    method: 'PUT',
    routing: 'none',
    module: 'hubclientinfo',
    rest: '/NL/AAA',
  });
  expect(emsp.push.rest).toBe(cpo.push.rest);
  expect(emsp.push.object).not.toEqual(cpo.push.object);
  expect(cpo.legs).toEqual([
    { platformId: 'b', party: null },
    { platformId: 'c', party: null },
  ]);
});
