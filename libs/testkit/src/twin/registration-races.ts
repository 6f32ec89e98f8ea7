/// <reference types="jest" />
import { type PlatformStore } from '@app/hub';
import {
  at,
  claim,
  CPO,
  createdPlatform,
  EMSP,
  registeredPlatform,
  registrationOf,
} from './platform-fixtures';

/** Registrations at the same moment: of those that claim one thing, exactly one gets it. */
export function describeRaces(platforms: () => PlatformStore): void {
  test('of two platforms that claim the same parties at once, exactly one gets them', async () => {
    for (let round = 0; round < 10; round++) {
      const parties = claim(
        ...[CPO, EMSP].map((party) => ({ ...party, partyId: `${party.role[0]}${10 + round}` })),
      );
      const rivals = await Promise.all([1, 2, 3].map(() => createdPlatform(platforms())));
      const outcomes = await Promise.all(
        rivals.map(({ id }, rank) =>
          platforms().register(registrationOf(id, { parties: rank ? parties : parties.toReversed() }), at(1)),
        ),
      );
      expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['done', 'party_taken', 'party_taken']);
      expect(await platforms().findByParty(parties[0]!)).toHaveLength(1);
    }
  });

  test('of two platforms that claim a given-up party at once, exactly one gets it', async () => {
    const old = await registeredPlatform(platforms(), CPO);
    for (let round = 0; round < 10; round++) {
      const [holder] = await platforms().findByParty(CPO);
      await platforms().unregister((holder ?? old).id, at(2));
      const rivals = await Promise.all([1, 2, 3].map(() => createdPlatform(platforms())));
      const outcomes = await Promise.all(
        rivals.map(({ id }) => platforms().register(registrationOf(id), at(3))),
      );
      expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['done', 'party_taken', 'party_taken']);
      expect(await platforms().findByParty(CPO)).toHaveLength(1);
    }
  });

  test('of two first registrations of one platform at once, exactly one is done', async () => {
    const { id } = await createdPlatform(platforms());
    const twice = await Promise.all([1, 2].map(() => platforms().register(registrationOf(id), at(1))));
    expect(twice.map(({ outcome }) => outcome).sort()).toEqual(['already_registered', 'done']);
    expect((await platforms().find(id))?.issuedTokens).toHaveLength(1);
  });
}
