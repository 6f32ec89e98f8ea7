import fc from 'fast-check';
import { type Agreement, type Effect } from './agreement';
import { clientInfoPage } from './client-info';
import { Directory } from './directory';
import { type PartyRecord, type PlatformRecord, type ViewChange } from './ports';
import { announceChange } from './status';

const NOW = new Date('2026-05-01T12:00:00Z');
const T0 = Date.UTC(2026, 0, 1);
const MINUTE = 60_000;
const ALL = { offset: 0, limit: 100, dateFrom: undefined, dateTo: undefined };
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** A pair for each number. */
function pairOf(number: number, countryCode = 'NL') {
  const digit = (place: number) => DIGITS[Math.floor(number / 36 ** place) % 36]!;
  return { countryCode, partyId: digit(2) + digit(1) + digit(0) };
}

function partyOf(number: number, more: Partial<PartyRecord> = {}): PartyRecord {
  return {
    ...{ ...pairOf(number), role: 'CPO', status: 'CONNECTED', held: true, businessDetails: null },
    ...{ knownSince: new Date(T0 + number * MINUTE), statusSince: new Date(T0 + number * MINUTE) },
    ...more,
  };
}

function platformOf(
  id: string,
  parties: readonly PartyRecord[],
  modules: readonly string[] = [],
): PlatformRecord {
  return {
    ...{ id, name: id, status: 'CONNECTED', suspended: false, version: '2.2.1', versionsUrl: 'http://p/v' },
    ...{ createdAt: NOW, registeredAt: NOW, lastSeenAt: null, announced: false, peerToken: 'token' },
    ...{ allowedHosts: [], parties, issuedTokens: [] },
    endpoints: ['hubclientinfo', ...modules].map((module) => ({
      ...{ module, interfaceRole: 'RECEIVER', url: 'http://p/x' },
    })),
  };
}

function directoryOf(
  fallback: Effect,
  agreements: readonly Agreement[],
  ...records: PlatformRecord[]
): Directory {
  const directory = new Directory(fallback);
  directory.agreementsChanged(agreements);
  directory.reloaded(records);
  return directory;
}

function agreementOf(id: string, from: Agreement['from'], to: Agreement['to'], effect: Effect): Agreement {
  return {
    ...{ id, from, to, modules: ['*'], effect, bothWays: true },
    ...{ validFrom: null, validUntil: null, note: null },
  };
}

async function pageOf(
  directory: Directory,
  viewerId: string,
  paging = {},
  changes: readonly ViewChange[] = [],
) {
  const viewing = { viewer: directory.platform(viewerId)!, now: NOW, changesOf: async () => changes };
  const { data, total } = await clientInfoPage(directory, viewing, { ...ALL, ...paging });
  return { total, listed: data.map(({ party_id, status }) => `${party_id} ${status}`), data };
}

/** Counts each look at a party or an agreement. */
class Work {
  looks = 0;

  watch<T extends object>(target: T): T {
    return new Proxy(target, {
      get: (object, name) => {
        this.looks++;
        return Reflect.get(object, name) as unknown;
      },
    });
  }
}

const CUSTOM = Array.from({ length: 150 }, (_, number) => `com.example.module-${number}`);
const VIEWER = platformOf(
  'viewer',
  Array.from({ length: 1_000 }, (_, number) => partyOf(number, { countryCode: 'DE' })),
  CUSTOM,
);
/** Every hundredth party may talk to the viewer, or is the one that may not, and all of them to somebody else. */
function agreementsFor(count: number, work: Work): Agreement[] {
  return Array.from({ length: count }, (_, number) => {
    const other = number % 100 === 0 ? pairOf(number % 1_000, 'DE') : pairOf(number, 'FR');
    return work.watch(agreementOf(`${number}`, pairOf(number), other, number % 2 ? 'allow' : 'deny'));
  });
}

interface World {
  readonly directory: Directory;
  readonly work: Work;
}

function worldOf(parties: number, fallback: Effect): World {
  const work = new Work();
  const others = Array.from({ length: parties }, (_, number) =>
    platformOf(`p${number}`, [work.watch(partyOf(number))], number % 10 ? [] : ['com.example.rare']),
  );
  return { work, directory: directoryOf(fallback, agreementsFor(parties, work), VIEWER, ...others) };
}

async function looksAt({ directory, work }: World, paging: object): Promise<number> {
  await pageOf(directory, 'viewer', { limit: 1 }); // what the viewer's parties have in common is found once
  work.looks = 0;
  await pageOf(directory, 'viewer', paging);
  return work.looks;
}

describe.each(['allow', 'deny'] as const)(
  'with AGREEMENT_DEFAULT=%s and a viewer of 1,000 parties',
  (fallback) => {
    let small: World;
    let large: World;
    beforeAll(() => {
      small = worldOf(100, fallback);
      large = worldOf(20_000, fallback);
    });

    test.each([
      ['the first page', { limit: 50 }],
      ['a page in the middle', { limit: 20, offset: 50 }],
      [
        'the changes of one hour',
        { dateFrom: new Date(T0 + 20 * MINUTE), dateTo: new Date(T0 + 80 * MINUTE) },
      ],
    ])('%s of 20,000 parties takes as much work as one of 100', async (_, paging) => {
      const few = await looksAt(small, paging);
      const many = await looksAt(large, paging);
      expect(few).toBeGreaterThan(20);
      expect(few).toBeLessThan(10_000);
      // A binary search looks at a few more of them.
      expect(many).toBeLessThan(few + 100);
    });

    test('a change of one party is decided for each platform with as much work, whatever it holds', () => {
      const work = new Work();
      const viewers = Array.from({ length: 100 }, (_, number) => ({ ...VIEWER, id: `viewer ${number}` }));
      const subject = platformOf('a', [partyOf(0)]);
      const directory = directoryOf(fallback, agreementsFor(100, work), subject, ...viewers);
      const change = {
        ...{ ...partyOf(0), platformId: 'a', announcedStatus: null, announcedPlatformId: null },
      };
      const announce = () => announceChange(change, { directory, book: directory.agreements, now: NOW });
      announce();
      work.looks = 0;
      expect(announce().flatMap(({ viewerIds }) => viewerIds)).toHaveLength(viewers.length);
      expect(work.looks).toBeLessThan(viewers.length * 50);
    });
  },
);

test('a list keeps its order while statuses change, so that a client that pages through it misses none', async () => {
  const parties = Array.from({ length: 10 }, (_, number) => partyOf(number));
  const directory = directoryOf(
    'allow',
    [],
    platformOf('viewer', [partyOf(99)]),
    ...parties.map((each) => platformOf(each.partyId, [each])),
  );
  const first = await pageOf(directory, 'viewer', { limit: 5 });
  directory.platformChanged('001', platformOf('001', [partyOf(1, { status: 'OFFLINE', statusSince: NOW })]));
  const second = await pageOf(directory, 'viewer', { offset: 5, limit: 5 });
  expect([...first.listed, ...second.listed].map((each) => each.slice(0, 3))).toEqual(
    parties.map(({ partyId }) => partyId),
  );
  expect((await pageOf(directory, 'viewer', { dateFrom: NOW })).listed).toEqual(['001 OFFLINE']);
});

test('a time filter goes by what the viewer is shown: a change that is hidden from it is none', async () => {
  const moved = partyOf(1, { status: 'OFFLINE', statusSince: NOW });
  const deny = [agreementOf('1', pairOf(1), pairOf(0, 'DE'), 'deny')];
  const viewer = platformOf('viewer', [partyOf(0, { countryCode: 'DE' })]);
  const directory = directoryOf('allow', deny, viewer, platformOf('p', [moved]));
  expect((await pageOf(directory, 'viewer', { dateFrom: NOW })).listed).toEqual([]);
  const before = { dateTo: NOW };
  expect((await pageOf(directory, 'viewer', before)).listed).toEqual(['001 PLANNED']);
  const since = new Date(NOW.getTime() + MINUTE);
  const change: ViewChange = { viewerId: 'viewer', party: moved, forbidden: true, since };
  const changed = await pageOf(directory, 'viewer', { dateFrom: since }, [change]);
  expect(changed.data).toMatchObject([{ status: 'PLANNED', last_updated: since.toISOString() }]);
  expect((await pageOf(directory, 'viewer', before, [change])).listed).toEqual([]);
});

test('pages of any size put together are the whole list without the own parties, as changes come and go', async () => {
  const when = fc.integer({ min: 0, max: 20 }).map((minutes) => new Date(T0 + minutes * MINUTE));
  const change = fc.record({
    platform: fc.constantFrom('viewer', 'b', 'c', 'd'),
    numbers: fc.uniqueArray(fc.integer({ min: 0, max: 60 }), { maxLength: 25 }),
    ...{ knownSince: when, statusSince: when },
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(change, { maxLength: 8 }),
      fc.integer({ min: 1, max: 7 }),
      async (changes, limit) => {
        const directory = directoryOf('allow', [], platformOf('viewer', [partyOf(99)]));
        const model = new Map<string, readonly PartyRecord[]>();
        for (const { platform, numbers, ...times } of changes) {
          const parties = numbers.map((number) => partyOf(number, times));
          model.set(platform, parties);
          const own = platform === 'viewer' ? [partyOf(99, times)] : [];
          directory.platformChanged(platform, platformOf(platform, [...own, ...parties]));
        }
        const listed: string[] = [];
        for (let offset = 0; ; offset += limit) {
          const page = await pageOf(directory, 'viewer', { offset, limit });
          expect(page.listed.length).toBe(Math.min(limit, Math.max(page.total - offset, 0)));
          listed.push(...page.listed);
          if (page.listed.length < limit) break;
        }
        const others = [...model]
          .filter(([platform]) => platform !== 'viewer')
          .flatMap(([, parties]) => parties);
        expect([...listed].sort()).toEqual(
          others.map(({ partyId, status }) => `${partyId} ${status}`).sort(),
        );
      },
    ),
  );
});
