import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Delivery workers by their advisory locks: what a dead one had leased goes on at another. */
export class DeliveryWorkers1796320000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE delivery_workers (
        id integer CONSTRAINT delivery_workers_pkey PRIMARY KEY,
        joined_at timestamptz NOT NULL,
        missed_since timestamptz
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE delivery_workers');
  }
}
