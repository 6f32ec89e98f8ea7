import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Detours: URLs that the hub handed out in place of URLs of peers. */
export class Detours1795400200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE detours (
        id text CONSTRAINT detours_pkey PRIMARY KEY,
        kind text NOT NULL CONSTRAINT detours_kind_check CHECK (kind IN ('response', 'link', 'location')),
        target text NOT NULL,
        module text NOT NULL,
        interface_role text NOT NULL
          CONSTRAINT detours_interface_role_check CHECK (interface_role IN ('SENDER', 'RECEIVER')),
        holder_platform_id uuid NOT NULL
          CONSTRAINT detours_holder_platform_id_fkey REFERENCES platforms (id) ON DELETE CASCADE,
        holder_party text NOT NULL,
        owner_platform_id uuid NOT NULL
          CONSTRAINT detours_owner_platform_id_fkey REFERENCES platforms (id) ON DELETE CASCADE,
        owner_party text NOT NULL,
        created_at timestamptz NOT NULL,
        expires_at timestamptz
      )`);
    await runner.query(
      'CREATE INDEX detours_expires_at_idx ON detours (expires_at) WHERE expires_at IS NOT NULL',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE detours');
  }
}
