import { moduleRow, type ModuleRow } from '@app/ocpi';
import { type Agreement } from '../agreement';
import { Directory } from '../directory';
import { NOW, platform } from '../directory/platforms.fixture';
import { type PlatformRecord } from '../ports';
import { broadcastReceivers } from './receivers';

const locations = moduleRow('locations') as ModuleRow;

const sender = platform('sender', { parties: ['NL*CPO/CPO'], endpoints: [] });

/** Who gets a push of NL*CPO, as `platform NL*TNM`. */
function receivers(records: readonly PlatformRecord[], agreements: readonly Agreement[] = []): string[] {
  const directory = new Directory('allow');
  directory.agreementsChanged(agreements);
  directory.reloaded([sender, ...records]);
  const caller = directory.platform('sender')!;
  const from = { countryCode: 'NL', partyId: 'CPO' };
  const legs = broadcastReceivers(directory, { caller, from, version: '2.2.1', row: locations, at: NOW });
  return legs.map(({ platformId, party }) => `${platformId} ${party?.countryCode}*${party?.partyId}`).sort();
}

test('a party with several receiving roles is one receiver', () => {
  expect(receivers([platform('a', { parties: ['NL*AAA/EMSP', 'NL*AAA/NSP', 'NL*AAA/CPO'] })])).toEqual([
    'a NL*AAA',
  ]);
});

test('every party of a platform is a receiver of its own', () => {
  expect(receivers([platform('a', { parties: ['NL*AAA/EMSP', 'NL*BBB/OTHER'] })])).toEqual([
    'a NL*AAA',
    'a NL*BBB',
  ]);
});

test('the other half of the pair of the sender, on another platform, is a receiver like any other', () => {
  expect(receivers([platform('a', { parties: ['NL*CPO/EMSP'] })])).toEqual(['a NL*CPO']);
});

test.each<[string, PlatformRecord]>([
  ['of the same role', platform('a', { parties: ['NL*AAA/CPO'] })],
  ['that was given up', platform('a', { parties: ['NL*AAA/EMSP-'] })],
  ['whose platform has no Receiver interface', platform('a', { parties: ['NL*AAA/EMSP'], endpoints: [] })],
  ['that is planned', platform('a', { parties: ['NL*AAA/EMSP'], status: 'PLANNED', version: null })],
  ['that unregistered', platform('a', { parties: ['NL*AAA/EMSP'], status: 'SUSPENDED', version: null })],
])('a party %s is no receiver', (_, record) => {
  expect(receivers([record])).toEqual([]);
});

test('a party that is OFFLINE is a receiver: its delivery waits', () => {
  expect(receivers([platform('a', { parties: ['NL*AAA/EMSP'], status: 'OFFLINE' })])).toEqual(['a NL*AAA']);
});

test('a party that the operator suspended is a receiver: its delivery waits, and replaces older ones', () => {
  const suspended = { parties: ['NL*AAA/EMSP'], status: 'SUSPENDED', suspended: true } as const;
  expect(receivers([platform('a', suspended)])).toEqual(['a NL*AAA']);
});

test('a party on a version with the same bodies is a receiver', () => {
  expect(receivers([platform('a', { parties: ['NL*AAA/EMSP'], version: '2.2' })])).toEqual(['a NL*AAA']);
});

test('a party that an agreement denies is no receiver', () => {
  const side = (partyId: string) => ({ countryCode: 'NL', partyId });
  const deny = {
    id: '1',
    from: side('CPO'),
    to: side('AAA'),
    modules: ['locations'],
    effect: 'deny',
  } as const;
  const agreement = { ...deny, bothWays: true, validFrom: null, validUntil: null, note: null } as Agreement;
  const records = [platform('a', { parties: ['NL*AAA/EMSP'] }), platform('b', { parties: ['NL*BBB/EMSP'] })];
  expect(receivers(records, [agreement])).toEqual(['b NL*BBB']);
});

test('a platform that gives the interface up is a receiver no more', () => {
  const directory = new Directory('allow');
  const record = platform('a', { parties: ['NL*AAA/EMSP'] });
  directory.reloaded([record]);
  expect([...directory.receiversOf('locations')]).toHaveLength(1);
  directory.platformChanged('a', { ...record, endpoints: [] });
  expect([...directory.receiversOf('locations')]).toEqual([]);
});
