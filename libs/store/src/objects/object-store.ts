/** ADAPTER of the port `ObjectStore`. */
import {
  type ObjectChange,
  type ObjectFilter,
  type ObjectOwner,
  type ObjectPage,
  type ObjectPageRequest,
  type ObjectSearch,
  type ObjectStore,
  type PulledObject,
  type PulledPage,
  type SweepBefore,
} from '@app/hub';
import { comparableId, parsePartyId, type PartyId, type PartyKey } from '@app/ocpi';
import { type DataSource } from 'typeorm';
import { inTransaction } from '../transaction';
import { applyObjectChange } from './apply-object-change';
import { countQuery, type ObjectQuery, OWNED, ownerKeys, pageQuery } from './object-query';

/** An id with more owners than this is ambiguous whoever asks. */
const MAX_OWNERS = 200;

export class PostgresObjectStore implements ObjectStore {
  constructor(private readonly dataSource: DataSource) {}

  apply(change: ObjectChange): Promise<void> {
    return inTransaction(this.dataSource, (manager) => applyObjectChange(manager, change));
  }

  async page(request: ObjectPageRequest): Promise<ObjectPage> {
    if (request.owners.length === 0) return { bodies: [], next: null };
    const rows = await this.rows<{ seq: string; body: Buffer; found: string }>(pageQuery(request));
    const kept = rows.slice(0, request.limit);
    const last = kept.at(-1);
    const bodies = kept.map(({ body }) => body);
    return { bodies, next: last && Number(last.found) > kept.length ? Number(last.seq) : null };
  }

  async count(filter: ObjectFilter): Promise<number> {
    const [row] = await this.rows<{ count: string }>(countQuery(filter));
    return Number(row?.count);
  }

  async find({ module, id, type, owners }: ObjectSearch): Promise<readonly Buffer[]> {
    const text = `SELECT body FROM objects WHERE (module, object_id, type) = ($1, $2, $3)
      AND ${OWNED} = ANY ($4) AND deleted_at IS NULL`;
    return (await this.rows<{ body: Buffer }>({ text, values: [module, id, type, ownerKeys(owners)] })).map(
      ({ body }) => body,
    );
  }

  async ownersOf(module: string, objectId: string, type: string): Promise<readonly PartyId[]> {
    const id = comparableId(objectId);
    if (id === undefined) return [];
    const text = `SELECT DISTINCT owner FROM objects
      WHERE (module, object_id, type) = ($1, $2, $3) AND deleted_at IS NULL LIMIT ${MAX_OWNERS}`;
    const rows = await this.rows<{ owner: PartyKey }>({ text, values: [module, id, type] });
    return rows.flatMap(({ owner }) => parsePartyId(owner.slice(0, 2), owner.slice(3)) ?? []);
  }

  /**
   * An object that is already newer here keeps its body; one that was deleted after the pull began stays so.
   */
  async putPulled({ platformId, startedAt, objects }: PulledPage): Promise<void> {
    const rows = [...new Map(objects.map((one) => [nameOf(one), one])).values()].sort(byName);
    if (rows.length === 0) return;
    const columns = [
      rows.map(({ key }) => key.module),
      rows.map(({ key }) => key.id),
      rows.map(({ key }) => key.type),
      rows.map(({ key }) => key.owner),
      rows.map(({ lastUpdated }) => lastUpdated),
      rows.map(({ body }) => body),
    ];
    await this.rows({ text: PUT_PULLED, values: [platformId, startedAt, ...columns] });
  }

  async sweep(
    module: string,
    { owner, platformId }: ObjectOwner,
    { seen, pushed }: SweepBefore,
  ): Promise<number> {
    const text = `WITH swept AS (
        DELETE FROM objects
        WHERE owner = $2 AND platform_id = $4 AND module = $1 AND seen_at < $3
          AND (pushed_at IS NULL OR pushed_at < $5) RETURNING deleted_at)
      SELECT count(*) AS count FROM swept WHERE deleted_at IS NULL`;
    const [row] = await this.rows<{ count: string }>({
      text,
      values: [module, owner, seen, platformId, pushed],
    });
    return Number(row?.count);
  }

  private rows<T>({ text, values }: ObjectQuery): Promise<T[]> {
    return this.dataSource.query<T[]>(text, [...values]);
  }
}

const PUT_PULLED = `
  INSERT INTO objects AS kept
    (module, object_id, type, owner, platform_id, seen_at, last_updated, body, seq)
  SELECT module, object_id, type, owner, $1, $2, last_updated, body, nextval('objects_seq')
  FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::bytea[])
    AS listed (module, object_id, type, owner, last_updated, body)
  ON CONFLICT (module, object_id, type, owner, platform_id) DO UPDATE SET
    seen_at = greatest(kept.seen_at, excluded.seen_at),
    last_updated = CASE WHEN kept.deleted_at IS NULL
      THEN greatest(kept.last_updated, excluded.last_updated) ELSE excluded.last_updated END,
    body = CASE WHEN kept.deleted_at IS NULL AND kept.last_updated > excluded.last_updated
      THEN kept.body ELSE excluded.body END,
    seq = CASE WHEN kept.deleted_at IS NULL THEN kept.seq ELSE excluded.seq END,
    deleted_at = NULL
  WHERE kept.deleted_at IS NULL OR kept.deleted_at < $2`;

function nameOf({ key }: PulledObject): string {
  return `${key.module} ${key.owner} ${key.type} ${key.id}`;
}

/** One order for all workers, so that none waits for another that waits for it. */
function byName(a: PulledObject, b: PulledObject): number {
  return nameOf(a) < nameOf(b) ? -1 : 1;
}
