import { type SyncState } from '../ports';
import { pulledLists } from './pulled-lists';

const NOW = new Date('2026-01-31T12:00:00Z');
const at = (hour: number): Date => new Date(Date.UTC(2026, 0, 31, hour));
const party = (owner: string, more: Partial<SyncState> = {}): SyncState => ({
  ...{ platformId: 'p', module: 'locations', owner, failures: 0, objects: 2, ignored: [], shortage: null },
  ...{ error: null, lastAttemptAt: at(9), lastSuccessAt: at(9), leaseUntil: null },
  ...more,
});
const refused = { code: 'list_refused', reason: 'HTTP 500', peerSaid: 'Database is down' };
const [OVER, UNDER_WAY] = [at(11), at(13)];

test.each([
  ['complete', [{}, {}]],
  ['waiting', [{}, { lastSuccessAt: null }]],
  ['pulling', [{ lastSuccessAt: null }, { leaseUntil: UNDER_WAY }]],
  ['waiting', [{ lastSuccessAt: null, leaseUntil: OVER }]],
  ['incomplete', [{ leaseUntil: UNDER_WAY }, { shortage: '3 are missing' }]],
  ['failing', [{ shortage: '3 are missing' }, { failures: 1, error: refused, leaseUntil: UNDER_WAY }]],
] as const)('a module is %s when its parties are %j', (state, parties) => {
  expect(
    pulledLists(
      parties.map((more) => party('NL*AAA', more)),
      NOW,
    ),
  ).toMatchObject([{ state }]);
});

test('a row a module sums up objects, and what is ignored by reason and owner, and names the party of an error', () => {
  const other = { reason: 'other_owner', owner: 'NL*ZZZ', count: 2 } as const;
  const lists = pulledLists(
    [
      party('NL*AAA', { ignored: [other, { reason: 'no_id', owner: 'NL*AAA', count: 1 }] }),
      party('NL*BBB', {
        ignored: [other],
        failures: 2,
        error: refused,
        lastAttemptAt: at(11),
        lastSuccessAt: at(8),
      }),
      party('NL*CCC', {
        failures: 1,
        error: { ...refused, reason: 'older' },
        lastAttemptAt: at(7),
        lastSuccessAt: null,
      }),
      party('NL*AAA', { module: 'tariffs', objects: 0, lastAttemptAt: null, lastSuccessAt: null }),
    ],
    NOW,
  );
  expect(lists).toEqual([
    {
      ...{ module: 'locations', state: 'failing', objects: 6, lastAttemptAt: at(11), lastSuccessAt: at(9) },
      ignored: [
        { ...other, count: 4 },
        { reason: 'no_id', owner: 'NL*AAA', count: 1 },
      ],
      error: { ...refused, reason: 'NL*BBB: HTTP 500' },
    },
    {
      ...{ module: 'tariffs', state: 'waiting', objects: 0, lastAttemptAt: null, lastSuccessAt: null },
      ...{ ignored: [], error: null },
    },
  ]);
});
