import { type MigrationInterface, type QueryRunner } from 'typeorm';

const TABLES = ['audit_entries', 'audit_outcomes'];

/** The audit log of the admin API. The database itself refuses to change or remove what is in it. */
export class AuditLog1795500110000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // json, not jsonb: it keeps what was sent as it was sent, NUL characters in strings included.
    await runner.query(`
      CREATE TABLE audit_entries (
        id uuid CONSTRAINT audit_entries_pkey PRIMARY KEY,
        at timestamptz NOT NULL,
        actor_id uuid,
        actor_name text NOT NULL,
        actor_role text NOT NULL
          CONSTRAINT audit_entries_actor_role_check CHECK (actor_role IN ('viewer', 'operator', 'owner')),
        action text NOT NULL,
        target text NOT NULL,
        input json,
        before json
      )`);
    await runner.query('CREATE INDEX audit_entries_at_idx ON audit_entries (at, id)');
    await runner.query(`
      CREATE TABLE audit_outcomes (
        entry_id uuid CONSTRAINT audit_outcomes_pkey PRIMARY KEY
          CONSTRAINT audit_outcomes_entry_id_fkey REFERENCES audit_entries (id),
        at timestamptz NOT NULL,
        outcome text NOT NULL CONSTRAINT audit_outcomes_outcome_check
          CHECK (outcome IN ('changed', 'unchanged', 'refused', 'failed')),
        error text,
        target text,
        after json
      )`);
    await runner.query(`
      CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$`);
    for (const table of TABLES) {
      await runner.query(`
        CREATE TRIGGER ${table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ${table}
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()`);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE audit_outcomes');
    await runner.query('DROP TABLE audit_entries');
    await runner.query('DROP FUNCTION refuse_audit_change');
  }
}
