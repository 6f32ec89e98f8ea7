import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** PUTs of credentials that succeeded within the hour that began at `updates_since`. */
export class RegistrationLimits1796900000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'ALTER TABLE platforms ADD COLUMN updates_since timestamptz, ADD COLUMN updates integer NOT NULL DEFAULT 0',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE platforms DROP COLUMN updates_since, DROP COLUMN updates');
  }
}
