import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * The objects that GET All is answered from, how many there are of each owner, and what was pulled when.
 *
 * The counts are kept by triggers, since counting 100,000 objects for each page would cost more than the page.
 */
export class Objects1795400400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...OBJECTS, ...COUNTS, ...SYNC_STATE]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE sync_state');
    await runner.query('DROP TABLE objects');
    await runner.query('DROP FUNCTION count_objects');
    await runner.query('DROP TABLE object_counts');
    await runner.query('DROP SEQUENCE objects_seq');
  }
}

const OBJECTS = [
  'CREATE SEQUENCE objects_seq',
  `CREATE TABLE objects (
    module text NOT NULL,
    object_id text NOT NULL,
    type text NOT NULL,
    owner text NOT NULL CONSTRAINT objects_owner_check CHECK (owner ~ '^[A-Z]{2}[*][A-Z0-9]{3}$'),
    platform_id uuid NOT NULL
      CONSTRAINT objects_platform_id_fkey REFERENCES platforms (id) ON DELETE CASCADE,
    seq bigint NOT NULL,
    last_updated timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    deleted_at timestamptz,
    body bytea,
    CONSTRAINT objects_pkey PRIMARY KEY (module, object_id, type, owner),
    CONSTRAINT objects_body_check CHECK ((body IS NULL) = (deleted_at IS NOT NULL))
  )`,
  `CREATE UNIQUE INDEX objects_seq_idx ON objects (module, seq) INCLUDE (owner, last_updated)
    WHERE deleted_at IS NULL`,
  `CREATE INDEX objects_last_updated_idx ON objects (module, last_updated) INCLUDE (owner, seq)
    WHERE deleted_at IS NULL`,
  'CREATE INDEX objects_owner_idx ON objects (owner, module, seen_at)',
  'CREATE INDEX objects_platform_id_idx ON objects (platform_id)',
];

/** A trigger may have only one event when it looks at all changed rows at once. */
const trigger = (event: string, rows: string): string =>
  `CREATE TRIGGER objects_count_${event} AFTER ${event} ON objects ${rows}
    FOR EACH STATEMENT EXECUTE FUNCTION count_objects()`;

const COUNTS = [
  `CREATE TABLE object_counts (
    module text NOT NULL,
    owner text NOT NULL,
    count bigint NOT NULL,
    CONSTRAINT object_counts_pkey PRIMARY KEY (module, owner)
  )`,
  `CREATE FUNCTION count_objects() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
      added CONSTANT text := 'SELECT module, owner, 1 AS change FROM added WHERE deleted_at IS NULL';
      removed CONSTANT text := 'SELECT module, owner, -1 AS change FROM removed WHERE deleted_at IS NULL';
      changes text := CASE TG_OP WHEN 'INSERT' THEN added WHEN 'DELETE' THEN removed
        ELSE added || ' UNION ALL ' || removed END;
    BEGIN
      IF TG_OP = 'TRUNCATE' THEN
        DELETE FROM object_counts;
        RETURN NULL;
      END IF;
      EXECUTE 'INSERT INTO object_counts AS kept (module, owner, count)
        SELECT module, owner, sum(change) FROM (' || changes || ') AS changed
        GROUP BY module, owner HAVING sum(change) <> 0 ORDER BY module, owner
        ON CONFLICT (module, owner) DO UPDATE SET count = kept.count + excluded.count';
      RETURN NULL;
    END $$`,
  trigger('INSERT', 'REFERENCING NEW TABLE AS added'),
  trigger('UPDATE', 'REFERENCING OLD TABLE AS removed NEW TABLE AS added'),
  trigger('DELETE', 'REFERENCING OLD TABLE AS removed'),
  trigger('TRUNCATE', ''),
];

const SYNC_STATE = [
  `CREATE TABLE sync_state (
    platform_id uuid NOT NULL
      CONSTRAINT sync_state_platform_id_fkey REFERENCES platforms (id) ON DELETE CASCADE,
    module text NOT NULL,
    owner text NOT NULL,
    registered_at timestamptz NOT NULL,
    connected_since timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    synced_at timestamptz,
    failures integer NOT NULL,
    last_error text,
    objects integer NOT NULL,
    ignored integer NOT NULL,
    lease uuid,
    lease_until timestamptz,
    CONSTRAINT sync_state_pkey PRIMARY KEY (platform_id, module, owner)
  )`,
  'CREATE INDEX sync_state_due_at_idx ON sync_state (due_at)',
];
