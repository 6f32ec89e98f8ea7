import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** What the operator set for TLS with a platform: whom to trust there, what to show there, what it must show here. */
export class PlatformTls1795500500000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE platforms
        ADD COLUMN tls_ca text,
        ADD COLUMN tls_certificate text,
        ADD COLUMN tls_key bytea,
        ADD COLUMN pinned_certificates text[] NOT NULL DEFAULT '{}',
        ADD CONSTRAINT platforms_tls_pair_check CHECK ((tls_certificate IS NULL) = (tls_key IS NULL))`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE platforms
        DROP COLUMN tls_ca,
        DROP COLUMN tls_certificate,
        DROP COLUMN tls_key,
        DROP COLUMN pinned_certificates`);
  }
}
