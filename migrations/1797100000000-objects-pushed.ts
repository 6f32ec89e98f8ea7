import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** When an object was last pushed: a pull that does not list it takes it away only if that is long ago, or never was. */
export class ObjectsPushed1797100000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE objects ADD COLUMN pushed_at timestamptz');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE objects DROP COLUMN pushed_at');
  }
}
