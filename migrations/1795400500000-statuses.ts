import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Statuses of parties: their history, what was announced of them, and to whom agreements show something else. */
export class Statuses1795400500000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE parties
        ADD COLUMN known_since timestamptz NOT NULL DEFAULT now(),
        ADD COLUMN announced_status text
          CONSTRAINT parties_announced_status_check
          CHECK (announced_status IN ('PLANNED', 'CONNECTED', 'OFFLINE', 'SUSPENDED')),
        ADD COLUMN announced_platform_id uuid`);
    await runner.query(`
      CREATE INDEX parties_unannounced_idx ON parties (status_since)
      WHERE announced_status IS DISTINCT FROM status OR announced_platform_id IS DISTINCT FROM platform_id`);
    await runner.query(`
      CREATE TABLE status_changes (
        sequence bigserial CONSTRAINT status_changes_pkey PRIMARY KEY,
        country_code text NOT NULL,
        party_id text NOT NULL,
        role text NOT NULL,
        platform_id uuid NOT NULL,
        status text NOT NULL
          CONSTRAINT status_changes_status_check
          CHECK (status IN ('PLANNED', 'CONNECTED', 'OFFLINE', 'SUSPENDED')),
        reason text NOT NULL,
        at timestamptz NOT NULL
      )`);
    await runner.query(`
      CREATE INDEX status_changes_party_idx ON status_changes (country_code, party_id, role, sequence)`);
    await runner.query('CREATE INDEX status_changes_at_idx ON status_changes (at)');
    await runner.query(`
      CREATE TABLE client_info_views (
        viewer_id uuid NOT NULL
          CONSTRAINT client_info_views_viewer_id_fkey REFERENCES platforms (id) ON DELETE CASCADE,
        country_code text NOT NULL,
        party_id text NOT NULL,
        role text NOT NULL,
        forbidden boolean NOT NULL,
        since timestamptz NOT NULL,
        CONSTRAINT client_info_views_pkey PRIMARY KEY (viewer_id, country_code, party_id, role)
      )`);
    await runner.query(`
      CREATE INDEX client_info_views_party_idx ON client_info_views (country_code, party_id, role)`);
    await runner.query(`
      CREATE TABLE announced_agreements (
        id uuid CONSTRAINT announced_agreements_pkey PRIMARY KEY,
        body jsonb NOT NULL
      )`);
    await runner.query(`
      CREATE TABLE announced_terms (
        id integer CONSTRAINT announced_terms_pkey PRIMARY KEY
          CONSTRAINT announced_terms_id_check CHECK (id = 1),
        fallback text NOT NULL
          CONSTRAINT announced_terms_fallback_check CHECK (fallback IN ('allow', 'deny')),
        at timestamptz NOT NULL
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['announced_terms', 'announced_agreements', 'client_info_views', 'status_changes']) {
      await runner.query(`DROP TABLE ${table}`);
    }
    await runner.query(`
      ALTER TABLE parties
        DROP COLUMN known_since, DROP COLUMN announced_status, DROP COLUMN announced_platform_id`);
  }
}
