/** The table of the owner index: rows in and out. */
import { createHmac, hkdfSync } from 'node:crypto';
import { type OwnedId, type OwnerFact } from '@app/hub';
import { OWNED_KINDS, type PartyId, partyKey, type PartyKey } from '@app/ocpi';
import { type DataSource } from 'typeorm';
import { ObjectOwnerEntity } from '../entities';

/** An id as its row has it. */
export interface OwnedRow {
  readonly kind: string;
  readonly scope: string;
  readonly object_id: string;
}

export interface OwnerRow extends OwnedRow {
  readonly owner: PartyKey;
}

/** What an id's row is keyed by. */
export type RowKey = (id: OwnedId) => OwnedRow;

const HASH_KEY_BYTES = 32;
/** Names what the derived key is for: another purpose gets another key. */
const HASH_PURPOSE = 'owner index: ids of persons';

/**
 * Row keys under one encryption key. Ids of persons (token uids) become HMAC-SHA256 under a key of their own, derived
 * by HKDF: who reads the table cannot try out all card numbers without that key.
 */
export function rowKeys(encryptionKey: Buffer): RowKey {
  const hashKey = Buffer.from(hkdfSync('sha256', encryptionKey, '', HASH_PURPOSE, HASH_KEY_BYTES));
  return ({ kind, scope, type, id }) => {
    const text = type ? `${type}/${id}` : id;
    return {
      kind,
      scope: scope ? partyKey(scope) : '',
      object_id: OWNED_KINDS[kind].personal
        ? createHmac('sha256', hashKey).update(text).digest('base64url')
        : text,
    };
  };
}

/** The row of a fact. */
export function rowOf(fact: OwnerFact, key: RowKey): OwnerRow {
  return { ...key(fact), owner: partyKey(fact.owner) };
}

/** The pair of an `owner` column. */
export function partyOf(owner: PartyKey): PartyId {
  const [countryCode = '', partyId = ''] = owner.split('*');
  return { countryCode, partyId };
}

/** In the order of the key, so that routers which write the same rows at once wait and do not deadlock. */
const UPSERT = `
  INSERT INTO object_owners (kind, scope, object_id, owner, last_seen)
  SELECT kind, scope, object_id, owner, $2
  FROM json_to_recordset($1) AS row (kind text, scope text, object_id text, owner text)
  ORDER BY kind, scope, object_id, owner
  ON CONFLICT (kind, scope, object_id, owner)
  DO UPDATE SET last_seen = GREATEST(object_owners.last_seen, EXCLUDED.last_seen)`;

/** Writes rows, each once in the list. */
export async function writeOwners(
  dataSource: DataSource,
  rows: readonly OwnerRow[],
  now: Date,
): Promise<void> {
  await dataSource.query(UPSERT, [JSON.stringify(rows), now]);
}

/** At most `limit` parties that have an id, the last seen first. */
export async function readOwners(
  dataSource: DataSource,
  { kind, scope, object_id: objectId }: OwnedRow,
  limit: number,
): Promise<readonly ObjectOwnerEntity[]> {
  return dataSource.manager.find(ObjectOwnerEntity, {
    where: { kind, scope, objectId },
    order: { lastSeen: 'DESC' },
    take: limit,
  });
}

const PURGE = `
  DELETE FROM object_owners WHERE ctid IN (
    SELECT ctid FROM object_owners ORDER BY last_seen
    LIMIT GREATEST(0, (SELECT count(*) FROM object_owners) - $1))`;

/** Removes what was not seen for longest, until at most `limit` rows are left. */
export async function purgeOwners(dataSource: DataSource, limit: number): Promise<void> {
  await dataSource.query(PURGE, [limit]);
}

/** Removes one row. */
export async function deleteOwner(dataSource: DataSource, row: OwnerRow): Promise<void> {
  const { kind, scope, object_id: objectId, owner } = row;
  await dataSource.manager.delete(ObjectOwnerEntity, { kind, scope, objectId, owner });
}
