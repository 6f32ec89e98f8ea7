import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Whether a party ever exchanged a message: one that never did is forgotten some time after it was given up. */
export class PartiesExchanged1796900000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE parties ADD COLUMN exchanged boolean NOT NULL DEFAULT false');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE parties DROP COLUMN exchanged');
  }
}
