/// <reference types="jest" />
import { type PlatformRecord, type PlatformStore } from '@app/hub';
import { type Party } from '@app/ocpi';
import { describeRaces } from './registration-races';
import { at, claim, CPO, createdPlatform, EMSP, hashOf, OTHER_CPO } from './platform-fixtures';
import {
  type PlatformStoreWorld,
  registeredPlatform,
  registrationOf,
  tokenAHashOf,
} from './platform-fixtures';

/** Registrations: who gets which party, which tokens work, and what a refusal leaves behind (nothing). */
export function describeRegistration(world: () => PlatformStoreWorld): void {
  const platforms = (): PlatformStore => world().platforms;
  describeFirst(platforms);
  describeRefusals(platforms);
  describeTokens(platforms);
  describeParties(world);
  describeRaces(platforms);
}

function partyOf(record: PlatformRecord | undefined, party: Party): unknown {
  return record?.parties.find(
    (own) => own.partyId === party.partyId && own.countryCode === party.countryCode,
  );
}

function describeFirst(platforms: () => PlatformStore): void {
  test('stores version, endpoints, parties, and both tokens; the token A is dead', async () => {
    const { id, issuedTokens } = await createdPlatform(platforms());
    const registration = registrationOf(id, {
      ...{ peerToken: 'the peer gave this: ü€', tokenEncoding: 'plain' },
    });
    expect(await platforms().register(registration, at(1))).toEqual({ outcome: 'done' });
    const { endpoints, issuedTokenHash, peerToken } = registration;
    expect(await platforms().find(id)).toEqual({
      id,
      ...{ name: 'A platform', status: 'CONNECTED', suspended: false, announced: false, lastSeenAt: null },
      ...{ version: '2.2.1', versionsUrl: registration.versionsUrl, createdAt: at(0), registeredAt: at(1) },
      ...{
        endpoints,
        peerToken,
        tokenEncoding: 'plain',
        issuedTokens: [{ hash: issuedTokenHash, kind: 'C', expiresAt: null }],
      },
      allowedHosts: [],
      parties: [{ ...claim(CPO)[0], status: 'CONNECTED', statusSince: at(1), knownSince: at(1), held: true }],
    });
    expect(await platforms().findByTokenHash(issuedTokens[0]!.hash)).toBeUndefined();
    expect((await platforms().findByParty(CPO)).map((record) => record.id)).toEqual([id]);
  });

  test('may issue the very token that was the token A until then', async () => {
    const { id, issuedTokens } = await createdPlatform(platforms());
    const issuedTokenHash = issuedTokens[0]!.hash;
    expect(await platforms().register(registrationOf(id, { issuedTokenHash }), at(1))).toEqual({
      outcome: 'done',
    });
    expect((await platforms().findByTokenHash(issuedTokenHash))?.issuedTokens).toHaveLength(1);
  });

  test('takes a party or an endpoint that is named twice as one', async () => {
    const { id } = await createdPlatform(platforms());
    const [endpoint] = registrationOf(id).endpoints;
    const twice = {
      parties: claim(CPO, CPO),
      endpoints: [endpoint!, { ...endpoint!, url: 'https://other.example' }],
    };
    expect(await platforms().register(registrationOf(id, twice), at(1))).toEqual({ outcome: 'done' });
    expect(await platforms().find(id)).toMatchObject({ parties: [CPO], endpoints: [endpoint] });
  });

  test('one pair may be a CPO on one platform and an eMSP on another, where the operator says so', async () => {
    const cpo = await registeredPlatform(platforms(), CPO);
    const emsp = await createdPlatform(platforms(), { ...CPO, role: 'EMSP' });
    const parties = claim({ ...CPO, role: 'EMSP' });
    expect(await platforms().register(registrationOf(emsp.id, { parties }), at(1))).toEqual({
      outcome: 'done',
    });
    const holders = (await platforms().findByParty(CPO)).map((record) => record.id);
    expect(holders.sort()).toEqual([cpo.id, emsp.id].sort());
  });
}

function describeRefusals(platforms: () => PlatformStore): void {
  async function refused(
    more: Parameters<typeof registrationOf>[1],
    record: PlatformRecord,
  ): Promise<unknown> {
    const before = await platforms().loadAll();
    const outcome = await platforms().register(registrationOf(record.id, more), at(5));
    const byId = (a: PlatformRecord, b: PlatformRecord): number => (a.id < b.id ? -1 : 1);
    expect([...(await platforms().loadAll())].sort(byId)).toEqual([...before].sort(byId));
    return outcome;
  }

  test('a second first registration is refused and changes nothing', async () => {
    const record = await registeredPlatform(platforms(), CPO);
    expect(await refused({ parties: claim(EMSP) }, record)).toEqual({ outcome: 'already_registered' });
  });

  test('an update of what is not registered is refused and changes nothing', async () => {
    const record = await createdPlatform(platforms());
    expect(await refused({ kind: 'update' }, record)).toEqual({ outcome: 'not_registered' });
  });

  test('a registration whose token A was taken back or replaced is refused, and the new one opens it', async () => {
    const record = await createdPlatform(platforms(), CPO);
    await platforms().withdraw(record.id, at(1));
    expect(await refused({}, record)).toEqual({ outcome: 'not_invited' });
    const openedByHash = hashOf('anew');
    await platforms().replaceTokenA({ platformId: record.id, tokenAHash: openedByHash }, at(2));
    expect(await refused({}, record)).toEqual({ outcome: 'not_invited' });
    const registration = registrationOf(record.id, { openedByHash });
    expect(await platforms().register(registration, at(3))).toEqual({ outcome: 'done' });
  });

  test('a party that another platform holds is refused on POST and PUT, and nothing changes', async () => {
    await registeredPlatform(platforms(), CPO);
    const taken = { outcome: 'party_taken', party: CPO };
    const parties = claim(EMSP, CPO);
    expect(await refused({ parties }, await createdPlatform(platforms()))).toEqual(taken);
    const registered = await registeredPlatform(platforms(), OTHER_CPO);
    expect(await refused({ kind: 'update', parties }, registered)).toEqual(taken);
  });

  test('a party that is announced for another platform is refused', async () => {
    await createdPlatform(platforms(), CPO);
    const record = await createdPlatform(platforms());
    expect(await refused({}, record)).toEqual({ outcome: 'party_taken', party: CPO });
  });

  test('a platform whose parties were announced may claim no others', async () => {
    const record = await createdPlatform(platforms(), CPO);
    const outcome = await refused({ parties: claim(CPO, EMSP) }, record);
    expect(outcome).toEqual({ outcome: 'party_not_announced', party: EMSP });
  });
}

function describeTokens(platforms: () => PlatformStore): void {
  async function updated(id: string, token: string, graceUntil: Date): Promise<PlatformRecord> {
    const update = registrationOf(id, { kind: 'update', issuedTokenHash: hashOf(token), graceUntil });
    expect(await platforms().register(update, at(2))).toEqual({ outcome: 'done' });
    return (await platforms().find(id))!;
  }
  const expiryOf = (record: PlatformRecord): Record<string, Date | null> =>
    Object.fromEntries(record.issuedTokens.map((token) => [token.hash, token.expiresAt]));

  test('an update lets the old token work until the grace ends, never longer than before', async () => {
    const { id, issuedTokens } = await registeredPlatform(platforms(), CPO);
    const old = issuedTokens[0]!.hash;
    await updated(id, 'second', at(10));
    const record = await updated(id, 'third', at(20));
    expect(expiryOf(record)).toEqual({ [old]: at(10), [hashOf('second')]: at(20), [hashOf('third')]: null });
    expect(record.registeredAt).toEqual(at(1));
  });

  test('the first use of the new token ends the old one; use of the old one ends nothing', async () => {
    const { id, issuedTokens } = await registeredPlatform(platforms(), CPO);
    const old = issuedTokens[0]!.hash;
    await updated(id, 'second', at(10));
    await platforms().retireOlderTokens(id, old);
    expect((await platforms().find(id))?.issuedTokens).toHaveLength(2);
    await platforms().retireOlderTokens(id, hashOf('second'));
    expect(expiryOf((await platforms().find(id))!)).toEqual({ [hashOf('second')]: null });
    expect(await platforms().findByTokenHash(old)).toBeUndefined();
  });

  test('a token that is lent becomes the token C of a registration, and is then withdrawn no more', async () => {
    const { id, issuedTokens } = await registeredPlatform(platforms(), CPO);
    const old = issuedTokens[0]!.hash;
    expect(await platforms().lendTokenA(id, hashOf('lent'), at(5), at(1))).toBe(true);
    await platforms().retireOlderTokens(id, old);
    expect(expiryOf((await platforms().find(id))!)).toEqual({ [old]: null, [hashOf('lent')]: at(5) });
    await updated(id, 'lent', at(10));
    await platforms().withdrawTokenA(id, hashOf('lent'));
    const record = (await platforms().find(id))!;
    expect(expiryOf(record)).toEqual({ [old]: at(10), [hashOf('lent')]: null });
    expect(record.issuedTokens.map(({ kind }) => kind)).toEqual(['C', 'C']);
  });

  test('one token is lent at a time, until it is withdrawn or has ended', async () => {
    const { id } = await registeredPlatform(platforms(), CPO);
    const lend = (token: string, minute: number): Promise<boolean> =>
      platforms().lendTokenA(id, hashOf(token), at(minute + 2), at(minute));
    expect([await lend('first', 1), await lend('second', 2)]).toEqual([true, false]);
    await platforms().withdrawTokenA(id, hashOf('first'));
    expect(await platforms().findByTokenHash(hashOf('first'))).toBeUndefined();
    expect([await lend('third', 2), await lend('fourth', 4)]).toEqual([true, true]);
    expect(await platforms().findByTokenHash(hashOf('third'))).toBeUndefined();
  });

  test('unregistering ends every token and endpoint; it works once', async () => {
    const { id, issuedTokens } = await registeredPlatform(platforms(), CPO);
    expect(await platforms().unregister(id, at(3))).toBe(true);
    expect(await platforms().unregister(id, at(4))).toBe(false);
    expect(await platforms().findByTokenHash(issuedTokens[0]!.hash)).toBeUndefined();
    expect(await platforms().find(id)).toMatchObject({
      ...{ status: 'SUSPENDED', version: null, versionsUrl: null, registeredAt: null, peerToken: null },
      ...{ tokenEncoding: 'base64' },
      ...{ endpoints: [], issuedTokens: [] },
      parties: [{ ...CPO, status: 'SUSPENDED', statusSince: at(3), held: false }],
    });
  });
}

function describeParties(world: () => PlatformStoreWorld): void {
  const platforms = (): PlatformStore => world().platforms;

  test('announced parties that are not claimed stay PLANNED', async () => {
    const { id } = await createdPlatform(platforms(), CPO, EMSP);
    await platforms().register(registrationOf(id), at(1));
    await platforms().register(registrationOf(id, { kind: 'update' }), at(2));
    const record = await platforms().find(id);
    expect(partyOf(record, CPO)).toMatchObject({ status: 'CONNECTED', statusSince: at(1), held: true });
    expect(partyOf(record, EMSP)).toMatchObject({ status: 'PLANNED', statusSince: at(0), held: true });
  });

  test('a party given up by an update is SUSPENDED, and its time moves only with its status', async () => {
    const { id } = await registeredPlatform(platforms(), CPO, EMSP);
    for (const minute of [3, 4]) {
      await platforms().register(registrationOf(id, { kind: 'update', parties: claim(CPO) }), at(minute));
    }
    const record = await platforms().find(id);
    expect(partyOf(record, CPO)).toMatchObject({ status: 'CONNECTED', statusSince: at(1) });
    expect(partyOf(record, EMSP)).toMatchObject({ status: 'SUSPENDED', statusSince: at(3), held: false });
    expect(await platforms().findByParty(EMSP)).toEqual([]);
    await platforms().unregister(id, at(6));
    const ended = await platforms().find(id);
    expect(partyOf(ended, CPO)).toMatchObject({ status: 'SUSPENDED', statusSince: at(6), held: false });
    expect(partyOf(ended, EMSP)).toMatchObject({ status: 'SUSPENDED', statusSince: at(3), held: false });
  });

  test('a party that was given up moves to the platform that claims it, and both are told', async () => {
    const old = await registeredPlatform(platforms(), CPO, EMSP);
    await platforms().register(registrationOf(old.id, { kind: 'update', parties: claim(CPO) }), at(3));
    const moved = await registeredPlatform(platforms(), EMSP);
    expect(partyOf(await platforms().find(old.id), EMSP)).toBeUndefined();
    expect(partyOf(moved, EMSP)).toMatchObject({ status: 'CONNECTED', held: true });
  });

  test('a platform that unregistered may register again, with its announced parties', async () => {
    const { id } = await createdPlatform(platforms(), CPO);
    await platforms().register(registrationOf(id), at(1));
    await platforms().unregister(id, at(2));
    const stranger = await platforms().register(registrationOf(id, { parties: claim(EMSP) }), at(3));
    expect(stranger).toEqual({ outcome: 'party_not_announced', party: EMSP });
    await platforms().replaceTokenA({ platformId: id, tokenAHash: tokenAHashOf(id) }, at(4));
    expect(await platforms().register(registrationOf(id), at(4))).toEqual({ outcome: 'done' });
    expect(partyOf(await platforms().find(id), CPO)).toMatchObject({
      status: 'CONNECTED',
      statusSince: at(4),
    });
  });

  test('what the operator suspended stays SUSPENDED, whatever it registers', async () => {
    const { id } = await createdPlatform(platforms());
    await world().suspend(id);
    expect(await platforms().register(registrationOf(id), at(1))).toEqual({ outcome: 'done' });
    const record = await platforms().find(id);
    expect(record).toMatchObject({ status: 'SUSPENDED', suspended: true, registeredAt: at(1) });
    expect(partyOf(record, CPO)).toMatchObject({ status: 'SUSPENDED', held: true });
  });
}
