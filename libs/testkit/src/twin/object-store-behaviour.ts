/// <reference types="jest" />
import {
  type ObjectChange,
  type ObjectKey,
  type ObjectPageRequest,
  type ObjectStore,
  type SweepBefore,
} from '@app/hub';
import { at } from './platform-fixtures';

/** An object store, and two platforms that its objects can belong to. */
export interface ObjectStoreWorld {
  readonly objects: ObjectStore;
  readonly platformId: string;
  /** One that holds the same pairs. */
  readonly otherId: string;
  end(): Promise<void>;
}

const ALL: Omit<ObjectPageRequest, 'owners'> = {
  ...{ module: 'locations', after: 0, offset: 0, limit: 100, maxBytes: 1_000_000 },
};

const key = (id: string, more: Partial<ObjectKey> = {}): ObjectKey => {
  return { module: 'locations', owner: 'NL*CPO', id, type: '', ...more };
};
const body = (id: string, minutes: number, more = ''): Buffer =>
  Buffer.from(`{ "id":"${id}" ,"last_updated":"${at(minutes).toISOString()}"${more}, "x" : 1.00}`);

const before = (seen: number, pushed: number): SweepBefore => ({ seen: at(seen), pushed: at(pushed) });

/** Whatever keeps objects for GET All does this. */
export function objectStoreBehaviour(name: string, open: () => Promise<ObjectStoreWorld>): void {
  describe(`an object store (${name})`, () => {
    let world: ObjectStoreWorld;
    beforeEach(async () => (world = await open()));
    afterEach(() => world.end());

    const owned = (...owners: string[]) => owners.map((owner) => ({ platformId: world.platformId, owner }));
    const all = (): ObjectPageRequest => ({ ...ALL, owners: owned('NL*CPO', 'DE*CPO') });
    const push = (change: Partial<ObjectChange> & Pick<ObjectChange, 'key'>): Promise<void> =>
      world.objects.apply({
        ...{ platformId: world.platformId, method: 'PUT', part: [], receivedAt: at(0) },
        body: body(change.key.id, 0),
        ...change,
      });
    const ids = async (request: Partial<ObjectPageRequest> = {}): Promise<string[]> => {
      const { bodies } = await world.objects.page({ ...all(), ...request });
      return bodies.map((one) => (JSON.parse(one.toString()) as { id: string }).id);
    };

    test('gives the very bytes back, each owner with its own object of one id', async () => {
      const mine = body('L1', 0, ' ,"who":"nl"');
      const theirs = body('L1', 0, ' ,"who":"de"');
      await push({ key: key('L1'), body: mine });
      await push({ key: key('L1', { owner: 'DE*CPO' }), body: theirs });
      const { bodies } = await world.objects.page(all());
      expect(bodies.map(String)).toEqual([mine.toString(), theirs.toString()]);
      const search = { module: 'locations', id: 'L1', type: '', owners: owned('DE*CPO') };
      expect((await world.objects.find(search)).map(String)).toEqual([theirs.toString()]);
      expect(await world.objects.ownersOf('locations', 'l1', '')).toHaveLength(2);
      expect(await world.objects.ownersOf('tariffs', 'l1', '')).toEqual([]);
    });

    test('keeps tokens of one uid and two types apart', async () => {
      const token = (type: string): ObjectKey => key('T1', { module: 'tokens', type });
      await push({ key: token('RFID') });
      await push({ key: token('APP_USER') });
      const tokens = { module: 'tokens', owners: all().owners };
      expect(await world.objects.count(tokens)).toBe(2);
      expect(await world.objects.find({ ...tokens, id: 'T1', type: 'RFID' })).toHaveLength(1);
      expect(await world.objects.ownersOf('tokens', 'T1', 'RFID')).toHaveLength(1);
      expect(await world.objects.ownersOf('tokens', 'T1', 'OTHER')).toEqual([]);
    });

    test('changes in place what is patched, and stores no half of what is not there', async () => {
      const patch = { method: 'PATCH', body: Buffer.from('{"x":2.50}') } as const;
      await push({ key: key('L1'), ...patch });
      expect(await world.objects.count(all())).toBe(0);
      await push({ key: key('L1') });
      await push({ key: key('L1'), ...patch });
      await push({ key: key('L1'), part: ['E9'], ...patch });
      const { bodies } = await world.objects.page(all());
      expect(bodies.map(String)).toEqual([body('L1', 0).toString().replace('1.00', '2.50')]);
    });

    test('lists in the order of creation, which no update changes', async () => {
      for (const id of ['L1', 'L2', 'L3']) await push({ key: key(id) });
      await push({ key: key('L1'), body: body('L1', 9) });
      expect(await ids()).toEqual(['L1', 'L2', 'L3']);
      expect(await ids({ offset: 1, limit: 1 })).toEqual(['L2']);
    });

    test('pages neither repeat nor skip while objects are updated, deleted and made again', async () => {
      for (let n = 1; n <= 6; n++) await push({ key: key(`L${n}`) });
      const seen: string[] = [];
      for (let after: number | null = 0, page = 0; after !== null; page++) {
        const { next } = await world.objects.page({ ...all(), after, limit: 2 });
        seen.push(...(await ids({ after, limit: 2 })));
        after = next;
        await push({ key: key('L1'), body: body('L1', 10 + page) });
        if (page === 0) await push({ key: key('L2'), method: 'DELETE', body: null });
        if (page === 1) await push({ key: key('L2') });
      }
      expect(seen).toEqual(['L1', 'L2', 'L3', 'L4', 'L5', 'L6', 'L2']);
    });

    test('filters by owner and by last_updated, from inclusive and to exclusive, and counts the same', async () => {
      for (let n = 1; n <= 4; n++) await push({ key: key(`L${n}`), body: body(`L${n}`, n) });
      await push({ key: key('D1', { owner: 'DE*CPO' }) });
      expect(await ids({ owners: owned('DE*CPO') })).toEqual(['D1']);
      expect(await ids({ owners: [] })).toEqual([]);
      const filter = { dateFrom: at(2), dateTo: at(4) };
      expect(await ids(filter)).toEqual(['L2', 'L3']);
      expect(await world.objects.count({ ...all(), ...filter })).toBe(2);
      expect(await world.objects.count(all())).toBe(5);
      expect(await world.objects.count({ ...all(), owners: owned('NL*CPO') })).toBe(4);
    });

    test('ends a page before it is too large, but never before its first object', async () => {
      for (const id of ['L1', 'L2', 'L3']) await push({ key: key(id) });
      const size = body('L1', 0).length;
      expect(await ids({ maxBytes: 2 * size })).toEqual(['L1', 'L2']);
      expect(await ids({ maxBytes: 1 })).toEqual(['L1']);
      const { next } = await world.objects.page({ ...all(), maxBytes: 1 });
      expect(await ids({ after: next!, limit: 2 })).toEqual(['L2', 'L3']);
    });

    const pulled = (startedAt: Date, ...listed: readonly [string, number, string][]): Promise<void> =>
      world.objects.putPulled({
        ...{ platformId: world.platformId, startedAt },
        objects: listed.map(([id, minutes, more]) => ({
          ...{ key: key(id), lastUpdated: at(minutes), body: body(id, minutes, more) },
        })),
      });

    test('takes a list over: new ones, newer ones, the last of two of one id, but no older one', async () => {
      await push({ key: key('L1'), body: body('L1', 5) });
      await push({ key: key('L2'), body: body('L2', 1) });
      await pulled(at(6), ['L1', 4, ',"old":1'], ['L2', 2, ''], ['L3', 3, ',"a":1'], ['L3', 3, ',"b":1']);
      const { bodies } = await world.objects.page(all());
      expect(bodies.map(String)).toEqual([body('L1', 5), body('L2', 2), body('L3', 3, ',"b":1')].map(String));
    });

    test('a list that was begun before a deletion does not bring the object back, a later one does', async () => {
      await push({ key: key('L1') });
      await push({ key: key('L1'), method: 'DELETE', body: null, receivedAt: at(5) });
      await push({ key: key('L2'), method: 'DELETE', body: null, receivedAt: at(5) });
      await pulled(at(4), ['L1', 1, ''], ['L2', 1, '']);
      expect(await ids()).toEqual([]);
      await pulled(at(6), ['L1', 1, '']);
      expect(await ids()).toEqual(['L1']);
      expect(await ids({ dateFrom: at(2) })).toEqual([]);
    });

    test('sweeps what a whole list no longer shows, but no push since then, of this owner and module alone', async () => {
      for (const id of ['OLD', 'LISTED', 'PUSHED']) await push({ key: key(id) });
      await push({ key: key('D1', { owner: 'DE*CPO' }) });
      await push({ key: key('T1', { module: 'tariffs' }) });
      await pulled(at(3), ['LISTED', 1, '']);
      await push({ key: key('PUSHED'), receivedAt: at(4) });
      expect(await world.objects.sweep('locations', owned('NL*CPO')[0]!, before(3, 3))).toBe(1);
      expect(await ids()).toEqual(['LISTED', 'PUSHED', 'D1']);
      expect(await world.objects.count({ module: 'tariffs', owners: all().owners })).toBe(1);
      expect(await world.objects.count(all())).toBe(3);
    });

    test('a list that is read whole at last sweeps what the failed ones before it brought, and no push since the first', async () => {
      await push({ key: key('BEFORE') });
      await pulled(at(3), ['GONE', 1, ''], ['GONE_PUSHED', 1, '']);
      await push({ key: key('PUSHED'), receivedAt: at(4) });
      await push({ key: key('GONE_PUSHED'), receivedAt: at(4) });
      await push({ key: key('PATCHED'), receivedAt: at(1) });
      await push({ key: key('PATCHED'), method: 'PATCH', body: Buffer.from('{"x":2}'), receivedAt: at(4) });
      await push({ key: key('DELETED'), receivedAt: at(4) });
      await push({ key: key('DELETED'), method: 'DELETE', body: null, receivedAt: at(5) });
      await pulled(at(9), ['LISTED', 1, '']);
      expect(await world.objects.sweep('locations', owned('NL*CPO')[0]!, before(9, 2))).toBe(2);
      expect(await ids()).toEqual(['GONE_PUSHED', 'PUSHED', 'PATCHED', 'LISTED']);
    });

    test('two platforms that hold one pair have each its own objects: neither changes, lists or sweeps those of the other', async () => {
      const theirs = { platformId: world.otherId, owner: 'NL*CPO' };
      const mine = owned('NL*CPO')[0]!;
      const both = { ...all(), owners: [mine, theirs] };
      const counts = (): Promise<number[]> =>
        Promise.all([mine, theirs].map((owner) => world.objects.count({ ...ALL, owners: [owner] })));
      await push({ key: key('L1'), body: body('L1', 0, ',"of":"mine"') });
      await push({ key: key('L1'), platformId: world.otherId, body: body('L1', 0, ',"of":"theirs"') });
      await push({
        key: key('L1'),
        platformId: world.otherId,
        method: 'PATCH',
        body: Buffer.from('{"x":2}'),
      });
      const texts = (await world.objects.page(both)).bodies.map(String);
      expect(texts.map((text) => [/"of":"(\w+)"/.exec(text)![1], text.includes('1.00')])).toEqual([
        ['mine', true],
        ['theirs', false],
      ]);
      expect(await counts()).toEqual([1, 1]);
      const empty = { platformId: world.otherId, startedAt: at(5), objects: [] };
      await world.objects.putPulled(empty);
      expect(await world.objects.sweep('locations', theirs, before(4, 4))).toBe(1);
      expect(await counts()).toEqual([1, 0]);
      await push({
        key: key('L1'),
        platformId: world.otherId,
        method: 'DELETE',
        body: null,
        receivedAt: at(6),
      });
      expect(await counts()).toEqual([1, 0]);
    });
  });
}
