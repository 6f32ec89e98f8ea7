import { type ObjectKey, type PlatformUsage } from '../ports';
import { type Growth, payerOf, StorageRoom } from './storage-room';

const KEY: ObjectKey = { module: 'tariffs', owner: 'NL*CPO', id: 'T', type: '' };

/** A room of 4 objects and 1,000 bytes, of which `used` is taken; the store has `stored` of the objects asked for. */
function roomWith(used: PlatformUsage, stored = 0) {
  const at = { ms: 0, reads: 0 };
  const usage = {
    usageOf: async () => {
      at.reads += 1;
      return used;
    },
    countStored: async () => stored,
  };
  return { at, room: new StorageRoom(usage, { objects: 4, bytes: 1_000 }, () => at.ms) };
}

test.each<[string, PlatformUsage, Growth & { readonly stored?: number }, string | undefined]>([
  ['the last byte', { objects: 0, bytes: 900 }, { bytes: 100 }, undefined],
  ['one byte more', { objects: 0, bytes: 900 }, { bytes: 101 }, 'stored_bytes_limit'],
  ['the last object', { objects: 3, bytes: 0 }, { bytes: 1, objects: [KEY] }, undefined],
  ['one object more', { objects: 4, bytes: 0 }, { bytes: 1, objects: [KEY] }, 'objects_limit'],
  ['one that is there', { objects: 9, bytes: 0 }, { bytes: 1, objects: [KEY], stored: 1 }, undefined],
  ['the end of one', { objects: 4, bytes: 2_000 }, { bytes: 1, deleted: KEY, stored: 1 }, undefined],
  ['the end of none', { objects: 4, bytes: 2_000 }, { bytes: 1, deleted: KEY }, 'stored_bytes_limit'],
])('%s: with %j, %j is judged: %s', async (_, used, growth, code) => {
  const { room } = roomWith(used, growth.stored);
  const judged = await room.require('p', growth).catch((error: unknown) => error);
  expect((judged as { code?: string } | undefined)?.code).toBe(code);
});

test('a platform far from its limits is read once a second, one that came near with what it wrote each time', async () => {
  const { room, at } = roomWith({ objects: 0, bytes: 0 });
  for (const bytes of [100, 100]) await room.require('p', { bytes });
  expect(at.reads).toBe(1);
  at.ms = 1_000;
  await room.require('p', { bytes: 100 });
  expect(at.reads).toBe(2);
  for (const bytes of [500, 100]) await room.require('p', { bytes });
  expect(at.reads).toBe(3);
});

test('a callback URL counts for the platform whose request it was made for', () => {
  const party = { countryCode: 'NL', partyId: 'AAA' };
  const ends = { owner: { platformId: 'o', party }, holder: { platformId: 'h', party } };
  expect(payerOf({ kind: 'response', ...ends })).toBe('o');
  expect(payerOf({ kind: 'location', ...ends })).toBe('h');
  expect(payerOf({ kind: 'link', ...ends })).toBe('h');
});
