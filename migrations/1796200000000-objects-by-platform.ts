import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * Objects belong to the platform of their owner: two platforms that hold a pair each have objects of their own, and
 * neither replaces, sweeps or counts those of the other one.
 */
export class ObjectsByPlatform1796200000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await keyed(runner, ['owner', 'platform_id']);
    await runner.query(`
      INSERT INTO object_counts (module, owner, platform_id, count)
      SELECT module, owner, platform_id, count(*) FROM objects WHERE deleted_at IS NULL
      GROUP BY module, owner, platform_id`);
  }

  /** Of an object that two platforms have, the newer one stays. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DELETE FROM objects AS old USING objects AS kept
      WHERE (old.module, old.object_id, old.type, old.owner) = (kept.module, kept.object_id, kept.type, kept.owner)
        AND (old.seen_at, old.platform_id) < (kept.seen_at, kept.platform_id)`);
    await keyed(runner, ['owner']);
    await runner.query(`
      INSERT INTO object_counts (module, owner, count)
      SELECT module, owner, count(*) FROM objects WHERE deleted_at IS NULL GROUP BY module, owner`);
  }
}

/** Makes keys, indexes and counts anew. @param owner the columns that say whose an object is */
async function keyed(runner: QueryRunner, owner: readonly string[]): Promise<void> {
  const columns = owner.join(', ');
  for (const statement of [
    'ALTER TABLE objects DROP CONSTRAINT objects_pkey',
    `ALTER TABLE objects ADD CONSTRAINT objects_pkey PRIMARY KEY (module, object_id, type, ${columns})`,
    'DROP INDEX objects_seq_idx',
    `CREATE UNIQUE INDEX objects_seq_idx ON objects (module, seq) INCLUDE (${columns}, last_updated)
      WHERE deleted_at IS NULL`,
    'DROP INDEX objects_last_updated_idx',
    `CREATE INDEX objects_last_updated_idx ON objects (module, last_updated) INCLUDE (${columns}, seq)
      WHERE deleted_at IS NULL`,
    'DROP INDEX objects_owner_idx',
    `CREATE INDEX objects_owner_idx ON objects (${columns}, module, seen_at)`,
    'DROP TABLE object_counts',
    `CREATE TABLE object_counts (
      module text NOT NULL,
      owner text NOT NULL,
      ${owner.includes('platform_id') ? 'platform_id uuid NOT NULL,' : ''}
      count bigint NOT NULL,
      CONSTRAINT object_counts_pkey PRIMARY KEY (module, ${columns})
    )`,
    countingBy(columns),
  ]) {
    await runner.query(statement);
  }
}

function countingBy(columns: string): string {
  return `CREATE OR REPLACE FUNCTION count_objects() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
      added CONSTANT text := 'SELECT module, ${columns}, 1 AS change FROM added WHERE deleted_at IS NULL';
      removed CONSTANT text := 'SELECT module, ${columns}, -1 AS change FROM removed WHERE deleted_at IS NULL';
      changes text := CASE TG_OP WHEN 'INSERT' THEN added WHEN 'DELETE' THEN removed
        ELSE added || ' UNION ALL ' || removed END;
    BEGIN
      IF TG_OP = 'TRUNCATE' THEN
        DELETE FROM object_counts;
        RETURN NULL;
      END IF;
      EXECUTE 'INSERT INTO object_counts AS kept (module, ${columns}, count)
        SELECT module, ${columns}, sum(change) FROM (' || changes || ') AS changed
        GROUP BY module, ${columns} HAVING sum(change) <> 0 ORDER BY module, ${columns}
        ON CONFLICT (module, ${columns}) DO UPDATE SET count = kept.count + excluded.count';
      RETURN NULL;
    END $$`;
}
