/// <reference types="jest" />
import { type OwnedId, type OwnerFact, type OwnerIndex } from '@app/hub';
import { type PartyId, partyKey } from '@app/ocpi';
import { eventually } from './platform-fixtures';

/** Indexes of two routers that share one record. */
export interface OwnerWorld {
  readonly owners: OwnerIndex;
  readonly other: OwnerIndex;
  end(): Promise<void>;
}

const ALPHA: PartyId = { countryCode: 'NL', partyId: 'ALF' };
const BETA: PartyId = { countryCode: 'DE', partyId: 'BET' };
const LOCATION: OwnedId = { kind: 'location', scope: undefined, type: '', id: 'LOC1' };

/** One fact; `more` says what is different. */
export function ownerFact(more: Partial<OwnerFact> = {}): OwnerFact {
  return { ...LOCATION, owner: ALPHA, ...more };
}

/** What every implementation of `OwnerIndex` does. */
export function ownerIndexBehaviour(name: string, makeWorld: () => Promise<OwnerWorld>): void {
  describe(`${name} as an owner index`, () => {
    let world: OwnerWorld;
    beforeEach(async () => {
      world = await makeWorld();
    });
    afterEach(() => world.end());

    const owners = async (index: OwnerIndex, id: OwnedId): Promise<string[]> =>
      (await index.ownersOf(id)).map(partyKey).sort();

    test('knows nobody by an id that it never learned', async () => {
      expect(await owners(world.owners, LOCATION)).toEqual([]);
    });

    test('knows at once what it learned, and the other router knows it a moment later', async () => {
      world.owners.learn([ownerFact()]);
      expect(await owners(world.owners, LOCATION)).toEqual(['NL*ALF']);
      await eventually(async () => (await owners(world.other, LOCATION)).length === 1);
      expect(await owners(world.other, LOCATION)).toEqual(['NL*ALF']);
    });

    test('remembers every party that has an id, each once, whichever router learned it', async () => {
      world.owners.learn([ownerFact(), ownerFact()]);
      world.other.learn([ownerFact({ owner: BETA }), ownerFact()]);
      await eventually(async () => (await owners(world.owners, LOCATION)).length === 2);
      expect(await owners(world.owners, LOCATION)).toEqual(['DE*BET', 'NL*ALF']);
      expect(await owners(world.other, LOCATION)).toEqual(['DE*BET', 'NL*ALF']);
    });

    test('keeps kinds, scopes and types apart', async () => {
      const token: OwnedId = { kind: 'token', scope: undefined, type: 'RFID', id: 'LOC1' };
      const scoped: OwnedId = { ...LOCATION, kind: 'session', scope: BETA };
      world.owners.learn([ownerFact(), { ...token, owner: BETA }, { ...scoped, owner: BETA }]);
      expect(await owners(world.owners, LOCATION)).toEqual(['NL*ALF']);
      expect(await owners(world.owners, token)).toEqual(['DE*BET']);
      expect(await owners(world.owners, { ...token, type: 'APP_USER' })).toEqual([]);
      expect(await owners(world.owners, scoped)).toEqual(['DE*BET']);
      expect(await owners(world.owners, { ...scoped, scope: ALPHA })).toEqual([]);
      expect(await owners(world.owners, { ...scoped, scope: undefined })).toEqual([]);
    });

    test('takes odd ids for what they are', async () => {
      for (const id of ["O'BRIEN; DROP TABLE", '%', 'A B/C*D"E\\', '{"ID":1}']) {
        world.owners.learn([ownerFact({ id })]);
        await eventually(async () => (await owners(world.other, { ...LOCATION, id })).length === 1);
      }
      expect(await owners(world.other, LOCATION)).toEqual([]);
    });
  });
}
