import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * The legs of a bundle stand in the bundle itself until a worker has it, so that a push to thousands is accepted without
 * a row for each. Legs of a bundle of the old kind are rows already: each is leased anew when its lease is over.
 */
export class BundledLegs1796100000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE delivery_bundles');
    await runner.query(`
      CREATE TABLE delivery_bundles (
        id uuid CONSTRAINT delivery_bundles_pkey PRIMARY KEY,
        push_id uuid NOT NULL,
        object_id uuid NOT NULL,
        legs json NOT NULL,
        leg_count integer NOT NULL,
        created_at timestamptz(3) NOT NULL,
        expires_at timestamptz(3) NOT NULL,
        lease_id uuid,
        lease_until timestamptz(3)
      )`);
    // Ids all through: to compress them takes longer than to write them.
    await runner.query('ALTER TABLE delivery_bundles ALTER COLUMN legs SET STORAGE EXTERNAL');
    await runner.query('CREATE INDEX delivery_bundles_object_id_idx ON delivery_bundles (object_id)');
    await runner.query('CREATE INDEX deliveries_push_id_idx ON deliveries (push_id)');
    await runner.query('DROP INDEX deliveries_push_id_sequence_idx');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      INSERT INTO deliveries (id, push_id, platform_id, party, line, state, parked, attempts,
        created_at, next_attempt_at, expires_at, lease_id, lease_until)
      SELECT leg.id, bundle.push_id, leg.platform_id, leg.party, leg.line, 'waiting', false, 0,
        bundle.created_at, bundle.created_at, bundle.expires_at, bundle.lease_id, bundle.lease_until
      FROM delivery_bundles bundle CROSS JOIN LATERAL json_to_recordset(bundle.legs)
        AS leg (id uuid, platform_id uuid, party text, line uuid)`);
    await runner.query('DROP TABLE delivery_bundles');
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
}
