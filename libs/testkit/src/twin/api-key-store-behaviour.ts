/// <reference types="jest" />
import { randomUUID } from 'node:crypto';
import { type ApiKeyRecord, type ApiKeyStore, type NewApiKey } from '@app/hub';
import { at, hashOf } from './platform-fixtures';

/** A store of keys. */
export interface ApiKeyStoreWorld {
  readonly keys: ApiKeyStore;
  end(): Promise<void>;
}

const page = { cursor: null, limit: 10 };

function keyOf(more: Partial<NewApiKey> = {}): NewApiKey {
  return { name: 'Night shift', role: 'operator', expiresAt: null, hash: hashOf(randomUUID()), ...more };
}

/** What every `ApiKeyStore` does. */
export function apiKeyStoreBehaviour(name: string, make: () => Promise<ApiKeyStoreWorld>): void {
  describe(`keys of the API on ${name}`, () => {
    let world: ApiKeyStoreWorld;
    beforeEach(async () => {
      world = await make();
    });
    afterEach(() => world.end());

    const made = async (key: NewApiKey, minute = 0): Promise<ApiKeyRecord> =>
      (await world.keys.create(key, at(minute))).key;

    test('come back as they were made, by id and by hash, without the hash', async () => {
      const given = keyOf({ expiresAt: at(90) });
      const key = await made(given);
      expect(key).toEqual({
        ...{ id: expect.any(String), name: 'Night shift', role: 'operator' },
        ...{ createdAt: at(0), expiresAt: at(90), revokedAt: null, lastUsedAt: null },
      });
      expect(await world.keys.find(key.id)).toEqual(key);
      expect(await world.keys.findByHash(given.hash)).toEqual(key);
      expect(await world.keys.find(randomUUID())).toBeUndefined();
      expect(await world.keys.findByHash(hashOf('another'))).toBeUndefined();
    });

    test('are listed page by page in the order of their creation', async () => {
      const keys = [await made(keyOf(), 1), await made(keyOf(), 2), await made(keyOf(), 3)];
      const first = await world.keys.list({ cursor: null, limit: 2 });
      expect(first.data).toEqual(keys.slice(0, 2));
      const rest = await world.keys.list({ cursor: first.nextCursor, limit: 2 });
      expect(rest).toEqual({ data: [keys[2]], nextCursor: null });
    });

    test('are revoked once, and stay', async () => {
      const { id } = await made(keyOf());
      expect([await world.keys.revoke(id, at(1)), await world.keys.revoke(id, at(2))]).toEqual([true, false]);
      expect(await world.keys.revoke(randomUUID(), at(1))).toBe(false);
      expect((await world.keys.list(page)).data).toMatchObject([{ id, revokedAt: at(1) }]);
    });

    test('remember their last use, whatever order the uses are told in', async () => {
      const { id } = await made(keyOf());
      for (const minute of [5, 7, 6]) await world.keys.used(id, at(minute));
      expect((await world.keys.find(id))?.lastUsedAt).toEqual(at(7));
      await world.keys.used(randomUUID(), at(8));
    });

    test('are made once under one key of the caller', async () => {
      const once = { key: 'k', request: 'r', expiresAt: at(60), answer: () => 'the answer' };
      const given = keyOf();
      const ask = () => world.keys.createOnce(once, { ...given, hash: hashOf(randomUUID()) }, at(0));
      const outcomes = await Promise.all([ask(), ask()]);
      expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['done', 'repeated']);
      expect((await world.keys.list(page)).data).toHaveLength(1);
    });
  });
}
