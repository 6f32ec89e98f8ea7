import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** The last handshakes of each platform, for the operator. */
export class Handshakes1796800000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE handshakes (
        id uuid CONSTRAINT handshakes_pkey PRIMARY KEY,
        platform_id uuid NOT NULL CONSTRAINT handshakes_platform_id_fkey REFERENCES platforms (id) ON DELETE CASCADE,
        at timestamptz(3) NOT NULL,
        began_by text NOT NULL CONSTRAINT handshakes_began_by_check CHECK (began_by IN ('platform', 'hub')),
        kind text NOT NULL CONSTRAINT handshakes_kind_check
          CHECK (kind IN ('register', 'update', 'rotate', 'unregister')),
        step text NOT NULL CONSTRAINT handshakes_step_check
          CHECK (step IN ('request', 'versions', 'version_details', 'credentials', 'save')),
        outcome text NOT NULL CONSTRAINT handshakes_outcome_check
          CHECK (outcome IN ('succeeded', 'refused', 'failed')),
        code text,
        reason text,
        peer_said text,
        http_status integer,
        ocpi_status integer,
        version text,
        correlation_id text NOT NULL
      )`);
    await runner.query('CREATE INDEX handshakes_platform_id_at_idx ON handshakes (platform_id, at, id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE handshakes');
  }
}
