/// <reference types="jest" />
import { type PlatformRecord, type PlatformStore } from '@app/hub';
import { type Party, sameParty } from '@app/ocpi';
import { at, claim, CPO, createdPlatform, EMSP, OTHER_CPO } from './platform-fixtures';
import { type PlatformStoreWorld, registeredPlatform, registrationOf } from './platform-fixtures';

const NOBODY = '5b0c1d0e-0000-4000-8000-000000000000';

/** What the operator changes of a platform: its name, and which parties are announced for it. */
export function describeChange(world: () => PlatformStoreWorld): void {
  const platforms = (): PlatformStore => world().platforms;
  const announce = (id: string, minute: number, ...plannedParties: Party[]) =>
    platforms().change(id, { plannedParties }, at(minute));
  const partyOf = async (id: string, party: Party): Promise<unknown> =>
    (await platforms().find(id))?.parties.find((own) => sameParty(own, party));

  test('a new name changes nothing else', async () => {
    const before = await registeredPlatform(platforms(), CPO);
    expect(await platforms().change(before.id, { name: 'Renamed' }, at(3))).toEqual({ outcome: 'done' });
    expect(await platforms().find(before.id)).toEqual({ ...before, name: 'Renamed' });
    expect(await platforms().change(NOBODY, { name: 'x' }, at(3))).toEqual({ outcome: 'not_found' });
  });

  test('newly announced parties are PLANNED and its own, those that stay keep their time, others are given up', async () => {
    const { id } = await createdPlatform(platforms(), CPO, EMSP);
    expect(await announce(id, 3, OTHER_CPO, CPO)).toEqual({ outcome: 'done' });
    expect(await partyOf(id, CPO)).toMatchObject({ status: 'PLANNED', statusSince: at(0), held: true });
    expect(await partyOf(id, OTHER_CPO)).toMatchObject({ status: 'PLANNED', statusSince: at(3), held: true });
    expect(await partyOf(id, EMSP)).toMatchObject({ status: 'SUSPENDED', statusSince: at(3), held: false });
    const stranger = await platforms().register(registrationOf(id, { parties: claim(EMSP) }), at(4));
    expect(stranger).toEqual({ outcome: 'party_not_announced', party: EMSP });
    const parties = claim(CPO, OTHER_CPO);
    expect(await platforms().register(registrationOf(id, { parties }), at(4))).toEqual({ outcome: 'done' });
  });

  test('what was given up is another’s when it is announced there, and comes back when it is free again', async () => {
    const first = await createdPlatform(platforms(), EMSP);
    await announce(first.id, 1);
    const second = await createdPlatform(platforms());
    expect(await announce(second.id, 2, EMSP)).toEqual({ outcome: 'done' });
    expect((await platforms().findByParty(EMSP)).map(({ id }) => id)).toEqual([second.id]);
    expect(await announce(first.id, 3, EMSP)).toEqual({ outcome: 'party_taken', party: EMSP });
    await announce(second.id, 4);
    expect(await announce(first.id, 5, EMSP)).toEqual({ outcome: 'done' });
    expect(await partyOf(first.id, EMSP)).toMatchObject({ status: 'PLANNED', knownSince: at(5), held: true });
    expect(await partyOf(second.id, EMSP)).toBeUndefined();
  });

  test('with a party that another platform holds nothing is changed, not even the name', async () => {
    await registeredPlatform(platforms(), CPO);
    const before = await createdPlatform(platforms(), EMSP);
    const change = { name: 'Renamed', plannedParties: [OTHER_CPO, CPO] };
    expect(await platforms().change(before.id, change, at(3))).toEqual({
      outcome: 'party_taken',
      party: CPO,
    });
    expect(await platforms().find(before.id)).toEqual(before);
    expect(await platforms().findByParty(OTHER_CPO)).toEqual([]);
  });

  test('a registered party stays as it is until the platform’s own PUT, which may not claim it any more', async () => {
    const { id } = await createdPlatform(platforms(), CPO, EMSP);
    await platforms().register(registrationOf(id), at(1));
    expect(await announce(id, 3, OTHER_CPO)).toEqual({ outcome: 'done' });
    expect(await partyOf(id, CPO)).toMatchObject({ status: 'CONNECTED', statusSince: at(1), held: true });
    expect(await partyOf(id, EMSP)).toMatchObject({ status: 'SUSPENDED', held: false });
    expect(await partyOf(id, OTHER_CPO)).toMatchObject({ status: 'PLANNED', held: true });
    expect((await platforms().find(id))?.status).toBe('CONNECTED');
    const update = (party: Party) => registrationOf(id, { kind: 'update', parties: claim(party) });
    expect(await platforms().register(update(CPO), at(4))).toEqual({
      outcome: 'party_not_announced',
      party: CPO,
    });
    expect(await platforms().register(update(OTHER_CPO), at(5))).toEqual({ outcome: 'done' });
    expect(await partyOf(id, CPO)).toMatchObject({ status: 'SUSPENDED', held: false });
    expect(await partyOf(id, OTHER_CPO)).toMatchObject({ status: 'CONNECTED', held: true });
  });

  test('a platform for which nothing is announced any more may claim any party', async () => {
    const { id } = await createdPlatform(platforms(), CPO);
    await announce(id, 1);
    expect(await platforms().find(id)).toMatchObject({ announced: false });
    const parties = claim(EMSP);
    expect(await platforms().register(registrationOf(id, { parties }), at(2))).toEqual({ outcome: 'done' });
  });

  test('one that was unregistered, and has parties to expect again, is PLANNED like them', async () => {
    const { id } = await registeredPlatform(platforms(), CPO);
    await platforms().unregister(id, at(2));
    await announce(id, 3, CPO);
    const record: PlatformRecord | undefined = await platforms().find(id);
    expect(record).toMatchObject({ status: 'PLANNED', parties: [{ status: 'PLANNED', held: true }] });
  });

  test('what is announced for a suspended platform is SUSPENDED until it is resumed', async () => {
    const { id } = await createdPlatform(platforms());
    await world().suspend(id);
    await announce(id, 3, CPO);
    expect(await platforms().find(id)).toMatchObject({
      ...{ status: 'SUSPENDED', suspended: true },
      parties: [{ status: 'SUSPENDED', held: true }],
    });
  });

  test('of two platforms for which a party is announced at once, exactly one gets it', async () => {
    for (let round = 0; round < 5; round++) {
      const party: Party = { ...CPO, partyId: `R${10 + round}` };
      const rivals = await Promise.all([1, 2, 3].map(() => createdPlatform(platforms())));
      const outcomes = await Promise.all(rivals.map(({ id }) => announce(id, 1, party)));
      expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['done', 'party_taken', 'party_taken']);
      expect(await platforms().findByParty(party)).toHaveLength(1);
    }
  });
}
