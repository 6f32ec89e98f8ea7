import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Many legs of one push that a worker takes over with one row, instead of leasing each of them. */
export class DeliveryBundles1795800000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE delivery_bundles (
        id uuid CONSTRAINT delivery_bundles_pkey PRIMARY KEY,
        push_id uuid NOT NULL,
        first_sequence bigint NOT NULL,
        last_sequence bigint NOT NULL,
        created_at timestamptz(3) NOT NULL
      )`);
    await runner.query('CREATE INDEX deliveries_push_id_sequence_idx ON deliveries (push_id, sequence)');
    await runner.query('DROP INDEX deliveries_push_id_idx');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE INDEX deliveries_push_id_idx ON deliveries (push_id)');
    await runner.query('DROP INDEX deliveries_push_id_sequence_idx');
    await runner.query('DROP TABLE delivery_bundles');
  }
}
