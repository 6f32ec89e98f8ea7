import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** What the last pull of a list brought: what of it is not kept and why, what is missing, and why it failed. */
export class ListResults1796700010000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE sync_state
      ADD COLUMN ignored_by jsonb NOT NULL DEFAULT '[]',
      ADD COLUMN shortage text,
      ADD COLUMN error_code text,
      ADD COLUMN peer_said text,
      ADD COLUMN last_attempt_at timestamptz,
      ADD COLUMN last_success_at timestamptz`);
    await runner.query('UPDATE sync_state SET last_success_at = synced_at');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE sync_state
      DROP COLUMN ignored_by, DROP COLUMN shortage, DROP COLUMN error_code, DROP COLUMN peer_said,
      DROP COLUMN last_attempt_at, DROP COLUMN last_success_at`);
  }
}
