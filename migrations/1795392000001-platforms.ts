import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Platforms: one row for each OCPI connection to the hub. */
export class Platforms1795392000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE platforms (
        id uuid CONSTRAINT platforms_pkey PRIMARY KEY,
        name text NOT NULL,
        status text NOT NULL
          CONSTRAINT platforms_status_check CHECK (status IN ('PLANNED', 'CONNECTED', 'OFFLINE', 'SUSPENDED')),
        suspended boolean NOT NULL,
        version text,
        versions_url text,
        announced_parties text[] NOT NULL,
        peer_token bytea,
        created_at timestamptz NOT NULL,
        registered_at timestamptz,
        last_seen_at timestamptz
      )`);
    await runner.query('CREATE INDEX platforms_created_at_idx ON platforms (created_at, id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE platforms');
  }
}
