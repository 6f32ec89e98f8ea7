/// <reference types="jest" />
import { type PlatformFilter, type PlatformStore } from '@app/hub';
import { type Party } from '@app/ocpi';
import { describeApproval } from './approval-behaviour';
import { describeChange } from './change-behaviour';
import { describeChangeFeed } from './change-feed-behaviour';
import { at, claim, CPO, createdPlatform, EMSP, hashOf, type PlatformStoreWorld } from './platform-fixtures';
import { OTHER_CPO, registeredPlatform, registrationOf } from './platform-fixtures';
import { describeRegistration } from './registration-behaviour';

/** What every implementation of `PlatformStore` and `ChangeFeed` does; run it on the twin and on the real one. */
export function platformStoreBehaviour(name: string, makeWorld: () => Promise<PlatformStoreWorld>): void {
  describe(`${name} as a platform store`, () => {
    let world: PlatformStoreWorld;
    const platforms = (): PlatformStore => world.platforms;
    beforeEach(async () => {
      world = await makeWorld();
    });
    afterEach(() => world.end());

    describe('the operator', () => describeOperator(platforms));
    describe('a change by the operator', () => describeChange(() => world));
    describe('an approval', () => describeApproval(() => world));
    describe('a registration', () => describeRegistration(() => world));
    describe('a follower', () => describeChangeFeed(() => world));
  });
}

function describeOperator(platforms: () => PlatformStore): void {
  test('a new platform is PLANNED, not registered, and has one token A', async () => {
    const tokenAHash = hashOf('token a');
    const created = await platforms().create({ name: 'New', plannedParties: [CPO, CPO], tokenAHash }, at(0));
    expect(created).toEqual({
      outcome: 'done',
      platform: {
        id: expect.any(String),
        ...{ name: 'New', status: 'PLANNED', suspended: false, version: null, versionsUrl: null },
        ...{ createdAt: at(0), registeredAt: null, lastSeenAt: null, announced: true, endpoints: [] },
        ...{
          peerToken: null,
          tokenEncoding: 'base64',
          issuedTokens: [{ hash: tokenAHash, kind: 'A', expiresAt: null }],
        },
        allowedHosts: [],
        parties: [
          {
            ...CPO,
            status: 'PLANNED',
            statusSince: at(0),
            knownSince: at(0),
            held: true,
            businessDetails: null,
          },
        ],
      },
    });
  });

  test('a party that one platform was announced with cannot be announced for another', async () => {
    await createdPlatform(platforms(), CPO);
    const second = { name: 'Second', plannedParties: [EMSP, CPO], tokenAHash: hashOf('second') };
    expect(await platforms().create(second, at(1))).toEqual({ outcome: 'party_taken', party: CPO });
    expect(await platforms().loadAll()).toHaveLength(1);
    expect(await platforms().findByParty(EMSP)).toEqual([]);
  });

  test('an announcement is taken back once, and its parties may be announced for another platform', async () => {
    const { id, issuedTokens } = await createdPlatform(platforms(), CPO);
    expect(await platforms().withdraw(id, at(1))).toBe(true);
    expect(await platforms().withdraw(id, at(2))).toBe(false);
    expect(await platforms().findByTokenHash(issuedTokens[0]!.hash)).toBeUndefined();
    expect(await platforms().find(id)).toMatchObject({
      ...{ status: 'SUSPENDED', issuedTokens: [] },
      parties: [{ ...CPO, status: 'SUSPENDED', statusSince: at(1), held: false }],
    });
    expect((await createdPlatform(platforms(), CPO)).parties).toMatchObject([{ ...CPO, status: 'PLANNED' }]);
  });

  test('the token of one that unregistered and was invited again can be taken back, a registration cannot', async () => {
    const { id } = await registeredPlatform(platforms(), CPO);
    expect(await platforms().withdraw(id, at(2))).toBe(false);
    await platforms().unregister(id, at(3));
    expect(await platforms().withdraw(id, at(4))).toBe(false);
    await platforms().replaceTokenA({ platformId: id, tokenAHash: hashOf('again') }, at(5));
    expect(await platforms().withdraw(id, at(6))).toBe(true);
    expect(await platforms().findByTokenHash(hashOf('again'))).toBeUndefined();
  });

  test('hosts that the operator allows stay through registration and its end, until the next list', async () => {
    const { id } = await registeredPlatform(platforms(), CPO);
    expect(await platforms().allowHosts(id, ['a.example', 'b.example:8443'])).toBe(true);
    await platforms().register(registrationOf(id, { kind: 'update' }), at(2));
    await platforms().unregister(id, at(3));
    expect((await platforms().find(id))?.allowedHosts).toEqual(['a.example', 'b.example:8443']);
    expect(await platforms().allowHosts(id, [])).toBe(true);
    expect((await platforms().find(id))?.allowedHosts).toEqual([]);
    expect(await platforms().allowHosts('5b0c1d0e-0000-4000-8000-000000000000', [])).toBe(false);
  });

  test('a fresh token A replaces the older one', async () => {
    const { id, issuedTokens } = await createdPlatform(platforms());
    const fresh = { platformId: id, tokenAHash: hashOf('fresh') };
    expect(await platforms().replaceTokenA(fresh, at(1))).toEqual({ outcome: 'done' });
    expect(await platforms().findByTokenHash(issuedTokens[0]!.hash)).toBeUndefined();
    expect((await platforms().findByTokenHash(hashOf('fresh')))?.id).toBe(id);
    await platforms().register(registrationOf(id, { openedByHash: fresh.tokenAHash }), at(2));
    expect(await platforms().replaceTokenA(fresh, at(3))).toEqual({ outcome: 'already_registered' });
  });

  test('a token A that is asked for twice under one key is made once', async () => {
    const { id } = await createdPlatform(platforms());
    const replaced = (token: string) => {
      const once = { key: 'k', request: 'r', expiresAt: at(9), answer: () => token };
      return platforms().replaceTokenAOnce(once, { platformId: id, tokenAHash: hashOf(token) }, at(1));
    };
    expect(await replaced('first')).toEqual({ outcome: 'done' });
    expect(await replaced('second')).toEqual({ outcome: 'repeated', answer: 'first' });
    expect((await platforms().findByTokenHash(hashOf('first')))?.id).toBe(id);
    expect(await platforms().findByTokenHash(hashOf('second'))).toBeUndefined();
  });

  test('a token A that is lent works beside the one that was handed out, and says when it ends', async () => {
    const { id, issuedTokens } = await createdPlatform(platforms());
    await platforms().lendTokenA(id, hashOf('lent'), at(5), at(1));
    const after = await platforms().find(id);
    expect(after?.issuedTokens).toHaveLength(2);
    expect(after?.issuedTokens).toContainEqual(issuedTokens[0]);
    expect(after?.issuedTokens).toContainEqual({ hash: hashOf('lent'), kind: 'A', expiresAt: at(5) });
  });

  test('what does not exist is not found, whatever its id looks like', async () => {
    for (const id of ['8a9e0a3c-5a0c-4c8e-9d6c-0d6b6a4c0f11', 'no-uuid', "'; DROP TABLE platforms"]) {
      expect(await platforms().find(id)).toBeUndefined();
      const fresh = { platformId: id, tokenAHash: hashOf('x') };
      expect(await platforms().replaceTokenA(fresh, at(1))).toEqual({ outcome: 'not_found' });
      expect(await platforms().unregister(id, at(1))).toBe(false);
    }
    expect(await platforms().findByTokenHash(hashOf('nobody'))).toBeUndefined();
  });

  test('platforms are listed in pages in the order of their creation, each once', async () => {
    const ids: string[] = [];
    for (let minute = 0; minute < 5; minute++) {
      const platform = { name: `P${minute}`, plannedParties: [], tokenAHash: hashOf(`p${minute}`) };
      const created = await platforms().create(platform, at(minute));
      if (created.outcome === 'done') ids.push(created.platform.id);
    }
    const seen = await allPages((cursor) => platforms().list({}, { cursor, limit: 2 }));
    expect(seen.map((platform) => platform.id)).toEqual(ids);
  });

  test('platforms are found by a part of their name, status and party, page by page', async () => {
    const named = async (name: string, ...plannedParties: Party[]): Promise<string> => {
      const platform = { name, plannedParties, tokenAHash: hashOf(name) };
      const created = await platforms().create(platform, at(0));
      return created.outcome === 'done' ? created.platform.id : created.outcome;
    };
    const found = async (filter: PlatformFilter): Promise<string[]> => {
      const seen = await allPages((cursor) => platforms().list(filter, { cursor, limit: 1 }));
      return seen.map(({ id }) => id).sort();
    };
    const volt = await named('Volt 100%', CPO, { ...CPO, role: 'EMSP' });
    const bolt = await named('bolt_2', EMSP);
    const other = await named('Other');
    const signs = String.raw`Ökostrom (a+b)*[c]\d.{2}^$|?_`;
    const eco = await named(signs);
    const registration = { openedByHash: hashOf('Other'), parties: claim(OTHER_CPO) };
    await platforms().register(registrationOf(other, registration), at(1));
    expect(await found({ name: 'OLT' })).toEqual([volt, bolt].sort());
    expect(await found({ name: '0%' })).toEqual([volt]);
    expect(await found({ name: '%' })).toEqual([volt]);
    expect(await found({ name: 't_2' })).toEqual([bolt]);
    for (const name of ['öKO', signs, signs.slice(10)]) expect(await found({ name })).toEqual([eco]);
    for (const name of ['.*', '((', 'A++', '[c-d]']) expect(await found({ name })).toEqual([]);
    expect(await found({ status: 'PLANNED' })).toEqual([volt, bolt, eco].sort());
    expect(await found({ status: 'CONNECTED' })).toEqual([other]);
    expect(await found({ party: CPO })).toEqual([volt]);
    expect(await found({ name: 'o', status: 'PLANNED', party: EMSP })).toEqual([bolt]);
    expect(await found({ status: 'CONNECTED', party: EMSP })).toEqual([]);
    await platforms().unregister(other, at(2));
    expect(await found({ party: OTHER_CPO })).toEqual([]);
  });

  test('parties are listed in pages in a fixed order, and filtered by role and status', async () => {
    await createdPlatform(platforms(), EMSP, CPO, { ...CPO, role: 'EMSP' });
    const all = await allPages((cursor) => platforms().listParties({}, { cursor, limit: 1 }));
    expect(all.map((party) => `${party.partyId}/${party.role}`)).toEqual(['CPO/CPO', 'CPO/EMSP', 'EMP/EMSP']);
    expect(all[0]).toMatchObject({ platformName: 'A platform', status: 'PLANNED', lastSeenAt: null });
    const page = { cursor: null, limit: 10 };
    expect((await platforms().listParties({ role: 'CPO', status: 'PLANNED' }, page)).data).toHaveLength(1);
    expect((await platforms().listParties({ status: 'CONNECTED' }, page)).data).toEqual([]);
  });

  test.each(['x', '', 'bm90IGEgY3Vyc29y', '€'])(
    'the cursor %j, which no list gave out, is refused',
    async (cursor) => {
      const refused = { name: 'InvalidCursor' };
      await expect(platforms().list({}, { cursor, limit: 2 })).rejects.toMatchObject(refused);
      await expect(platforms().listParties({}, { cursor, limit: 2 })).rejects.toMatchObject(refused);
    },
  );
}

async function allPages<T>(
  read: (cursor: string | null) => Promise<{ data: readonly T[]; nextCursor: string | null }>,
): Promise<T[]> {
  const seen: T[] = [];
  let cursor: string | null = null;
  do {
    const page: { data: readonly T[]; nextCursor: string | null } = await read(cursor);
    seen.push(...page.data);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return seen;
}
