/// <reference types="jest" />
import { type PlatformRecord, type PlatformStore, type Registration } from '@app/hub';
import { type Party, type Role } from '@app/ocpi';
import { at, claim, CPO, createdPlatform, EMSP, OTHER_CPO, registeredPlatform } from './platform-fixtures';
import { type PlatformStoreWorld, registrationOf } from './platform-fixtures';

const as = (role: Role): Party => ({ ...CPO, role });
const PROVIDERS: readonly Role[] = ['EMSP', 'NSP', 'NAP', 'SCSP', 'OTHER'];

/** Which claims wait for the operator, what his approval does, and who holds which half of a pair. */
export function describeApproval(world: () => PlatformStoreWorld): void {
  const platforms = (): PlatformStore => world().platforms;

  /** Registers, where the operator approves what he did not announce. */
  const register = (id: string, parties: readonly Party[], more: Partial<Registration> = {}) =>
    platforms().register(registrationOf(id, { approval: true, parties: claim(...parties), ...more }), at(1));
  const claiming = async (...parties: readonly Party[]): Promise<PlatformRecord> => {
    const { id } = await createdPlatform(platforms());
    expect(await register(id, parties)).toEqual({ outcome: 'done' });
    return (await platforms().find(id))!;
  };
  const update = (id: string, ...parties: readonly Party[]) => register(id, parties, { kind: 'update' });
  const shown = async (id: string): Promise<string[]> => {
    const { parties = [], waiting = [] } = (await platforms().find(id)) ?? {};
    return [
      ...parties.map(
        ({ partyId, role, status, held }) => `${partyId}/${role} ${status}${held ? '' : ' given up'}`,
      ),
      ...waiting.map(({ partyId, role }) => `${partyId}/${role} WAITING`),
    ].sort();
  };

  test('what was not announced waits: the platform is registered, and holds no party', async () => {
    const record = await claiming(CPO, EMSP);
    expect(record).toMatchObject({ status: 'CONNECTED', parties: [], registeredAt: at(1) });
    expect(record.waiting).toHaveLength(2);
    expect(record.waiting).toContainEqual({ ...claim(CPO)[0], since: at(1) });
    expect(await platforms().findByParty(CPO)).toEqual([]);
    const { data } = await platforms().listParties({ status: 'WAITING' }, { cursor: null, limit: 10 });
    expect(data.map(({ partyId, held, platformId }) => [partyId, held, platformId])).toEqual([
      ['CPO', false, record.id],
      ['EMP', false, record.id],
    ]);
  });

  test('announced parties are CONNECTED by the registration', async () => {
    const { id } = await createdPlatform(platforms(), CPO);
    expect(await register(id, [CPO])).toEqual({ outcome: 'done' });
    expect(await shown(id)).toEqual(['CPO/CPO CONNECTED']);
  });

  test('the operator approves what waits, some of it or all', async () => {
    const { id } = await claiming(CPO, EMSP);
    expect(await platforms().approve(id, [EMSP], at(2))).toEqual({ outcome: 'done' });
    expect(await shown(id)).toEqual(['CPO/CPO WAITING', 'EMP/EMSP CONNECTED']);
    expect((await platforms().find(id))?.parties[0]).toEqual({
      ...claim(EMSP)[0],
      ...{ status: 'CONNECTED', statusSince: at(2), knownSince: at(2), held: true },
    });
    expect(await platforms().approve(id, undefined, at(3))).toEqual({ outcome: 'done' });
    expect(await shown(id)).toEqual(['CPO/CPO CONNECTED', 'EMP/EMSP CONNECTED']);
    expect((await platforms().find(id))?.waiting).toBeUndefined();
  });

  test('what does not wait cannot be approved, and nothing changes', async () => {
    const { id } = await claiming(CPO);
    const refused = { outcome: 'not_waiting', party: EMSP };
    expect(await platforms().approve(id, [CPO, EMSP], at(2))).toEqual(refused);
    expect(await shown(id)).toEqual(['CPO/CPO WAITING']);
    const nobody = '5b0c1d0e-0000-4000-8000-000000000000';
    expect(await platforms().approve(nobody, undefined, at(2))).toEqual({ outcome: 'not_found' });
  });

  test('what is approved stays so on later updates; what comes on top waits, what is dropped waits no more', async () => {
    const { id } = await claiming(CPO);
    await platforms().approve(id, undefined, at(2));
    await update(id, CPO, EMSP, OTHER_CPO);
    expect(await shown(id)).toEqual(['CPO/CPO CONNECTED', 'CPO/CPO WAITING', 'EMP/EMSP WAITING']);
    await update(id, CPO);
    expect(await shown(id)).toEqual(['CPO/CPO CONNECTED']);
    await update(id, EMSP);
    await update(id, CPO, EMSP);
    expect(await shown(id)).toEqual(['CPO/CPO CONNECTED', 'EMP/EMSP WAITING']);
  });

  test('a party waits since it was claimed first, and waits no more when the platform unregisters', async () => {
    const { id } = await claiming(CPO);
    await platforms().register(
      registrationOf(id, { approval: true, kind: 'update', parties: claim(CPO) }),
      at(5),
    );
    expect((await platforms().find(id))?.waiting).toMatchObject([{ since: at(1) }]);
    await platforms().unregister(id, at(6));
    expect(await shown(id)).toEqual([]);
  });

  test('a claim that waits keeps no other platform from the party, and then cannot be approved', async () => {
    const squatter = await claiming(CPO);
    const second = await claiming(CPO);
    const { id } = await createdPlatform(platforms(), CPO);
    expect(await register(id, [CPO])).toEqual({ outcome: 'done' });
    for (const waiting of [squatter, second])
      expect(await platforms().approve(waiting.id, undefined, at(3))).toEqual({
        ...{ outcome: 'party_taken', party: CPO },
      });
    expect((await platforms().findByParty(CPO)).map((record) => record.id)).toEqual([id]);
    const seen: string[] = [];
    for (let cursor: string | null = null, n = 0; n === 0 || cursor !== null; n++) {
      const page = await platforms().listParties({}, { cursor, limit: 1 });
      seen.push(...page.data.map(({ status }) => status));
      cursor = page.nextCursor;
    }
    expect(seen.sort()).toEqual(['CONNECTED', 'WAITING', 'WAITING']);
  });

  test('what waits is connected when the operator announces it; other claims of the platform are gone', async () => {
    const { id } = await claiming(CPO, EMSP);
    expect(await platforms().change(id, { plannedParties: [CPO, OTHER_CPO] }, at(3))).toEqual({
      outcome: 'done',
    });
    expect(await shown(id)).toEqual(['CPO/CPO CONNECTED', 'CPO/CPO PLANNED']);
  });

  test('what is approved for a platform that is suspended is SUSPENDED with it', async () => {
    const { id } = await claiming(CPO);
    await world().suspend(id);
    await platforms().approve(id, undefined, at(3));
    expect((await platforms().find(id))?.parties).toMatchObject([{ held: true }]);
  });

  describe('the halves of a pair', () => {
    test.each(PROVIDERS.flatMap((a) => PROVIDERS.map((b) => [a, b] as const)))(
      'what is %s on one platform cannot be %s on another',
      async (a, b) => {
        await registeredPlatform(platforms(), as(a));
        const taken = { outcome: 'party_taken', party: as(b) };
        const { id } = await createdPlatform(platforms());
        expect(await register(id, [as(b)])).toEqual(taken);
        expect(await register(id, [as(b)], { approval: false })).toEqual(taken);
        const planned = { name: 'Second', plannedParties: [as(b)], tokenAHash: 'x' };
        expect(await platforms().create(planned, at(2))).toEqual(taken);
        expect(await platforms().change(id, { plannedParties: [as(b)] }, at(2))).toEqual(taken);
      },
    );

    test.each(PROVIDERS)(
      'the CPO of what is %s elsewhere waits, even where nothing else does',
      async (role) => {
        await registeredPlatform(platforms(), as(role));
        const { id } = await createdPlatform(platforms());
        expect(await register(id, [CPO], { approval: false })).toEqual({ outcome: 'done' });
        expect(await shown(id)).toEqual(['CPO/CPO WAITING']);
        await platforms().approve(id, undefined, at(2));
        expect(await platforms().findByParty(CPO)).toHaveLength(2);
      },
    );

    test('one platform may hold a half in several roles, and both halves', async () => {
      const parties = [as('EMSP'), as('SCSP'), CPO];
      expect((await registeredPlatform(platforms(), ...parties)).parties).toHaveLength(3);
    });

    test('a half that was given up is free in every role of it', async () => {
      const { id } = await registeredPlatform(platforms(), as('EMSP'));
      await platforms().unregister(id, at(2));
      expect((await registeredPlatform(platforms(), as('OTHER'))).parties).toMatchObject([{ role: 'OTHER' }]);
    });

    test('of platforms that take one half in different roles at once, exactly one gets it', async () => {
      for (let round = 0; round < 10; round++) {
        const rivals = await Promise.all(PROVIDERS.map(() => createdPlatform(platforms())));
        const pair = { countryCode: 'NL', partyId: `R${10 + round}` };
        const outcomes = await Promise.all(
          rivals.map(({ id }, n) => register(id, [{ ...pair, role: PROVIDERS[n]! }], { approval: false })),
        );
        expect(outcomes.filter(({ outcome }) => outcome === 'done')).toHaveLength(1);
        expect(outcomes.filter(({ outcome }) => outcome === 'party_taken')).toHaveLength(4);
        expect(await platforms().findByParty(pair)).toHaveLength(1);
      }
    });
  });
}
