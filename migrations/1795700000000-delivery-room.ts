import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** A leg is leased once at least: with room for that on its page, the lease is written into none of the indexes. */
export class DeliveryRoom1795700000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE deliveries SET (fillfactor = 50)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE deliveries SET (fillfactor = 80)');
  }
}
