import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Payload captures: one at a time for a platform, and what it captured, sealed. */
export class Captures1795500210000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE captures (
        id uuid CONSTRAINT captures_pkey PRIMARY KEY,
        platform_id uuid NOT NULL CONSTRAINT captures_platform_id_key UNIQUE
          CONSTRAINT captures_platform_id_fkey REFERENCES platforms (id) ON DELETE CASCADE,
        started_at timestamptz NOT NULL,
        ends_at timestamptz NOT NULL,
        ended_at timestamptz,
        deleted_at timestamptz NOT NULL,
        max_bytes integer NOT NULL,
        max_payload_bytes integer NOT NULL,
        bytes integer NOT NULL DEFAULT 0,
        messages integer NOT NULL DEFAULT 0,
        dropped integer NOT NULL DEFAULT 0
      )`);
    await runner.query('CREATE INDEX captures_deleted_at_idx ON captures (deleted_at)');
    await runner.query(`
      CREATE TABLE captured_messages (
        id uuid CONSTRAINT captured_messages_pkey PRIMARY KEY,
        capture_id uuid NOT NULL
          CONSTRAINT captured_messages_capture_id_fkey REFERENCES captures (id) ON DELETE CASCADE,
        at timestamptz(3) NOT NULL,
        sealed bytea NOT NULL
      )`);
    await runner.query('CREATE INDEX captured_messages_place_idx ON captured_messages (capture_id, at, id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE captured_messages');
    await runner.query('DROP TABLE captures');
  }
}
