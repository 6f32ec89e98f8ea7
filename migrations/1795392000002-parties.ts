import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Parties: one row for each country code, party id and role in the whole hub. */
export class Parties1795392000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE parties (
        id uuid CONSTRAINT parties_pkey PRIMARY KEY,
        platform_id uuid NOT NULL
          CONSTRAINT parties_platform_id_fkey REFERENCES platforms (id) ON DELETE CASCADE,
        country_code text NOT NULL CONSTRAINT parties_country_code_check CHECK (country_code ~ '^[A-Z]{2}$'),
        party_id text NOT NULL CONSTRAINT parties_party_id_check CHECK (party_id ~ '^[A-Z0-9]{3}$'),
        role text NOT NULL
          CONSTRAINT parties_role_check
          CHECK (role IN ('CPO', 'EMSP', 'HUB', 'NAP', 'NSP', 'OTHER', 'SCSP')),
        status text NOT NULL
          CONSTRAINT parties_status_check CHECK (status IN ('PLANNED', 'CONNECTED', 'OFFLINE', 'SUSPENDED')),
        status_since timestamptz NOT NULL,
        held boolean NOT NULL,
        business_details jsonb,
        CONSTRAINT parties_party_unique UNIQUE (country_code, party_id, role)
      )`);
    await runner.query('CREATE INDEX parties_platform_id_idx ON parties (platform_id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE parties');
  }
}
