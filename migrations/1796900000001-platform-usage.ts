import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** A kind of row that is counted: whose it is, whether it counts as one, how many bytes it takes. */
interface Counted {
  readonly table: 'objects' | 'pushes' | 'detours';
  readonly platform: string;
  readonly count: string;
  readonly bytes: string;
}

/** Bytes for a row and its entries in indexes: `ROW_BYTES` in `libs/hub/src/limits/storage-room.ts`. */
const ROW = 256;

const KINDS: readonly Counted[] = [
  {
    table: 'objects',
    platform: 'platform_id',
    count: 'CASE WHEN deleted_at IS NULL THEN 1 ELSE 0 END',
    bytes: `${ROW} + coalesce(octet_length(body), 0)`,
  },
  {
    table: 'pushes',
    platform: 'from_platform_id',
    count: '1',
    bytes: `${ROW} + coalesce(octet_length(body), 0) + octet_length(rest) + octet_length(query)`,
  },
  {
    table: 'detours',
    // The platform whose request the URL was made for.
    platform: `CASE kind WHEN 'response' THEN owner_platform_id ELSE holder_platform_id END`,
    count: '1',
    bytes: `${ROW} + octet_length(target)`,
  },
];

/**
 * What is kept for each platform, counted by triggers in the transaction that writes it. Each connection writes a shard of its
 * own, so that messages of one platform do not wait for each other. Callback URLs of CDRs expire from now on.
 */
export class PlatformUsage1796900000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE platform_usage (
        platform_id uuid NOT NULL,
        kind text NOT NULL,
        shard smallint NOT NULL,
        count bigint NOT NULL,
        bytes bigint NOT NULL,
        CONSTRAINT platform_usage_pkey PRIMARY KEY (platform_id, kind, shard)
      ) WITH (fillfactor = 50)`);
    await runner.query(
      'CREATE INDEX pushes_from_platform_id_idx ON pushes (from_platform_id, created_at) WHERE from_platform_id IS NOT NULL',
    );
    await runner.query(
      'CREATE INDEX objects_deleted_at_idx ON objects (deleted_at) WHERE deleted_at IS NOT NULL',
    );
    await runner.query(`UPDATE detours SET expires_at = now() + interval '30 days' WHERE expires_at IS NULL`);
    for (const kind of KINDS) {
      for (const statement of statementsOf(kind)) await runner.query(statement);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const { table } of KINDS) {
      for (const event of EVENTS) await runner.query(`DROP TRIGGER ${table}_usage_${event} ON ${table}`);
      await runner.query(`DROP FUNCTION count_${table}_usage`);
    }
    await runner.query('DROP INDEX objects_deleted_at_idx');
    await runner.query('DROP INDEX pushes_from_platform_id_idx');
    await runner.query('DROP TABLE platform_usage');
  }
}

const EVENTS = ['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE'] as const;

/** A trigger may have only one event when it looks at all changed rows at once. */
const ROWS = {
  INSERT: 'REFERENCING NEW TABLE AS added',
  UPDATE: 'REFERENCING OLD TABLE AS removed NEW TABLE AS added',
  DELETE: 'REFERENCING OLD TABLE AS removed',
  TRUNCATE: '',
} as const;

function statementsOf(kind: Counted): string[] {
  const { table } = kind;
  const triggers = EVENTS.map(
    (event) => `CREATE TRIGGER ${table}_usage_${event} AFTER ${event} ON ${table} ${ROWS[event]}
      FOR EACH STATEMENT EXECUTE FUNCTION count_${table}_usage()`,
  );
  const fill = `INSERT INTO platform_usage ${sumOf(kind, changeOf(kind, table, 1), '0::smallint')}`;
  return [functionOf(kind), ...triggers, fill];
}

function changeOf({ platform, count, bytes }: Counted, rows: string, sign: 1 | -1): string {
  return `SELECT ${platform} AS platform_id, ${sign} * (${count}) AS count, ${sign} * (${bytes})::bigint AS bytes
    FROM ${rows} WHERE ${platform} IS NOT NULL`;
}

function sumOf({ table }: Counted, changes: string, shard: string): string {
  return `SELECT platform_id, '${table}', ${shard}, sum(count), sum(bytes) FROM (${changes}) AS changed
    GROUP BY platform_id HAVING sum(count) <> 0 OR sum(bytes) <> 0 ORDER BY platform_id`;
}

/** Each branch is planned when it is first reached: it may name the rows of its own event only. */
function functionOf(kind: Counted): string {
  const [added, removed] = [changeOf(kind, 'added', 1), changeOf(kind, 'removed', -1)];
  const add = (changes: string): string => `
    INSERT INTO platform_usage AS kept (platform_id, kind, shard, count, bytes)
    ${sumOf(kind, changes, '(pg_backend_pid() % 16)::smallint')}
    ON CONFLICT (platform_id, kind, shard)
      DO UPDATE SET count = kept.count + excluded.count, bytes = kept.bytes + excluded.bytes;`;
  return `CREATE FUNCTION count_${kind.table}_usage() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'INSERT' THEN ${add(added)}
      ELSIF TG_OP = 'UPDATE' THEN ${add(`${added} UNION ALL ${removed}`)}
      ELSIF TG_OP = 'DELETE' THEN ${add(removed)}
      ELSE DELETE FROM platform_usage WHERE kind = '${kind.table}';
      END IF;
      RETURN NULL;
    END $$`;
}
