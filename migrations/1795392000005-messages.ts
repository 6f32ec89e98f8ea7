import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** The message log, partitioned by day; the partitions are made and dropped by the running hub. */
export class Messages1795392000005 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE messages (
        at timestamptz NOT NULL,
        id uuid NOT NULL,
        correlation_id text NOT NULL,
        request_id text NOT NULL,
        onward_request_id text,
        ids_made boolean NOT NULL,
        scenario text,
        version text,
        module text,
        interface_role text,
        method text NOT NULL,
        from_platform_id uuid,
        to_platform_id uuid,
        from_party text,
        to_party text,
        http_status integer NOT NULL,
        ocpi_status integer,
        duration_ms double precision NOT NULL,
        request_bytes integer NOT NULL,
        answer_bytes integer NOT NULL,
        error text,
        CONSTRAINT messages_pkey PRIMARY KEY (at, id)
      ) PARTITION BY RANGE (at)`);
    await runner.query('CREATE INDEX messages_correlation_id_idx ON messages (correlation_id)');
    await runner.query('CREATE INDEX messages_from_party_idx ON messages (from_party, at)');
    await runner.query('CREATE INDEX messages_to_party_idx ON messages (to_party, at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE messages');
  }
}
