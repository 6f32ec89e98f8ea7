import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Credentials tokens that the hub issued, as SHA-256 only. */
export class CredentialsTokens1795392000004 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE credentials_tokens (
        id uuid CONSTRAINT credentials_tokens_pkey PRIMARY KEY,
        platform_id uuid NOT NULL
          CONSTRAINT credentials_tokens_platform_id_fkey REFERENCES platforms (id) ON DELETE CASCADE,
        hash text NOT NULL CONSTRAINT credentials_tokens_hash_unique UNIQUE,
        kind text NOT NULL CONSTRAINT credentials_tokens_kind_check CHECK (kind IN ('A', 'C')),
        created_at timestamptz NOT NULL,
        expires_at timestamptz
      )`);
    await runner.query('CREATE INDEX credentials_tokens_platform_id_idx ON credentials_tokens (platform_id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE credentials_tokens');
  }
}
