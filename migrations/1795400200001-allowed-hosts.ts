import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Hosts that a platform's URLs in messages may lead to, as the operator allowed them. */
export class AllowedHosts1795400200001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE platforms ADD COLUMN allowed_hosts text[] NOT NULL DEFAULT '{}'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE platforms DROP COLUMN allowed_hosts');
  }
}
