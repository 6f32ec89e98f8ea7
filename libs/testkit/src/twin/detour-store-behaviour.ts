import { randomUUID } from 'node:crypto';
import { type Detour, type DetourStore } from '@app/hub';
import { at } from './platform-fixtures';

/** A store of detours, and two platforms that exist for it. */
export interface DetourStoreWorld {
  readonly detours: DetourStore;
  readonly platformIds: readonly [string, string];
  end(): Promise<void>;
}

/** What every store of detours does. */
export function detourStoreBehaviour(name: string, open: () => Promise<DetourStoreWorld>): void {
  describe(`detours in ${name}`, () => {
    let world: DetourStoreWorld;
    beforeEach(async () => {
      world = await open();
    });
    afterEach(() => world.end());

    const made = (more: Partial<Detour> = {}): Detour => ({
      ...{ id: randomUUID(), kind: 'response', target: 'https://emp.example/r?id=1&x=%zz' },
      ...{ module: 'commands', interfaceRole: 'SENDER', createdAt: at(0), expiresAt: at(10) },
      holder: { platformId: world.platformIds[0], party: { countryCode: 'NL', partyId: 'CPO' } },
      owner: { platformId: world.platformIds[1], party: { countryCode: 'DE', partyId: 'EMP' } },
      cause: { correlationId: 'c', requestId: 'r' },
      page: null,
      ...more,
    });

    test('the newest one to a page of a list is found by what is before the page, until its time is over', async () => {
      const page = (offset: number, more: Partial<Detour> = {}): Detour =>
        made({ kind: 'link', page: { list: 'L', offset, place: { n: [offset] } }, ...more });
      const [old, second] = [page(10), page(20)];
      await world.detours.keep([old, second]);
      const newest = page(10, { createdAt: at(1), expiresAt: at(5) });
      await world.detours.keep([newest]);
      expect(await world.detours.findPage('L', 10, at(4))).toEqual(newest);
      expect(await world.detours.findPage('L', 20, at(4))).toEqual(second);
      expect(await world.detours.findPage('L', 10, at(10))).toBeUndefined();
      expect(await world.detours.findPage('L', 30, at(1))).toBeUndefined();
      expect(await world.detours.findPage('other', 10, at(1))).toBeUndefined();
    });

    test('one that was kept is found again, whole', async () => {
      const [response, location] = [
        made(),
        made({ kind: 'location', module: 'cdrs', expiresAt: null, cause: null }),
      ];
      await world.detours.keep([response, location]);
      expect(await world.detours.find(response.id, at(9))).toEqual(response);
      expect(await world.detours.find(location.id, at(1_000_000))).toEqual(location);
      expect(await world.detours.find(randomUUID(), at(1))).toBeUndefined();
    });

    test('one whose time is over is not found, from that very moment', async () => {
      const detour = made();
      await world.detours.keep([detour]);
      expect(await world.detours.find(detour.id, new Date(at(10).getTime() - 1))).toEqual(detour);
      expect(await world.detours.find(detour.id, at(10))).toBeUndefined();
    });

    test('all of a call are kept, or none', async () => {
      const [first, second] = [made(), made()];
      await world.detours.keep([first]);
      await expect(world.detours.keep([second, first])).rejects.toThrow();
      expect(await world.detours.find(second.id, at(1))).toBeUndefined();
    });

    test('a purge removes what is over, no more than it was asked to, and nothing else', async () => {
      const over = [1, 2, 3].map((minute) => made({ expiresAt: at(minute) }));
      const staying = [made({ expiresAt: at(11) }), made({ expiresAt: null })];
      await world.detours.keep([...over, ...staying]);
      expect(await world.detours.purge(at(10), 2)).toBe(2);
      expect(await world.detours.purge(at(10), 2)).toBe(1);
      expect(await world.detours.purge(at(10), 2)).toBe(0);
      const before = new Date(at(0).getTime() - 1);
      const left = await Promise.all([...over, ...staying].map(({ id }) => world.detours.find(id, before)));
      expect(left).toEqual([undefined, undefined, undefined, ...staying]);
    });
  });
}
