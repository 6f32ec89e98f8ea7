import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Agreements: who may exchange which modules with whom. */
export class Agreements1795400600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE agreements (
        id uuid CONSTRAINT agreements_pkey PRIMARY KEY,
        fingerprint text NOT NULL CONSTRAINT agreements_fingerprint_unique UNIQUE,
        from_side text NOT NULL
          CONSTRAINT agreements_from_side_check CHECK (from_side ~ '^(\\*|[A-Z]{2}\\*[A-Z0-9]{3}(/[A-Z]+)?)$'),
        to_side text NOT NULL
          CONSTRAINT agreements_to_side_check CHECK (to_side ~ '^(\\*|[A-Z]{2}\\*[A-Z0-9]{3}(/[A-Z]+)?)$'),
        modules text[] NOT NULL,
        effect text NOT NULL CONSTRAINT agreements_effect_check CHECK (effect IN ('allow', 'deny')),
        both_ways boolean NOT NULL,
        valid_from timestamptz,
        valid_until timestamptz,
        note text,
        created_at timestamptz NOT NULL
      )`);
    await runner.query('CREATE INDEX agreements_created_at_idx ON agreements (created_at, id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE agreements');
  }
}
