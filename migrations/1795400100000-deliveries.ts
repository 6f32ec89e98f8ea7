import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * Pushes (a body once, however many receivers), deliveries (one row for each receiver) and what is known of
 * receivers beyond that. No foreign keys: a delivery outlives its platform, and thousands of rows a second
 * need not each look one up.
 */
export class Deliveries1795400100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE pushes (
        id uuid CONSTRAINT pushes_pkey PRIMARY KEY,
        routing text NOT NULL CONSTRAINT pushes_routing_check CHECK (routing IN ('hub', 'none')),
        module text NOT NULL,
        method text NOT NULL,
        rest text NOT NULL,
        query text NOT NULL,
        headers text[] NOT NULL,
        body bytea,
        object_path text NOT NULL,
        version text NOT NULL,
        request_id text NOT NULL,
        correlation_id text NOT NULL,
        from_platform_id uuid,
        from_party text,
        created_at timestamptz(3) NOT NULL
      )`);
    await runner.query('CREATE INDEX pushes_created_at_idx ON pushes (created_at)');
    await runner.query('CREATE INDEX pushes_correlation_id_idx ON pushes (correlation_id)');
    await runner.query(`
      CREATE TABLE deliveries (
        id uuid CONSTRAINT deliveries_pkey PRIMARY KEY,
        push_id uuid NOT NULL,
        sequence bigserial NOT NULL,
        platform_id uuid NOT NULL,
        party text,
        line uuid NOT NULL,
        state text NOT NULL
          CONSTRAINT deliveries_state_check
          CHECK (state IN ('waiting', 'delivered', 'dead', 'expired', 'replaced', 'discarded')),
        parked boolean NOT NULL,
        attempts integer NOT NULL,
        last_error text,
        created_at timestamptz(3) NOT NULL,
        next_attempt_at timestamptz(3) NOT NULL,
        expires_at timestamptz(3) NOT NULL,
        finished_at timestamptz(3),
        lease_id uuid,
        lease_until timestamptz(3)
      ) WITH (fillfactor = 80)`);
    // Of what is over, only the id, the push and the operator's list can be asked for: the rest stays small.
    const waiting = "WHERE state = 'waiting'";
    await runner.query(`CREATE INDEX deliveries_line_idx ON deliveries (line, sequence) ${waiting}`);
    await runner.query(`CREATE INDEX deliveries_due_idx ON deliveries (next_attempt_at, id) ${waiting}`);
    await runner.query(`CREATE INDEX deliveries_parked_idx ON deliveries (parked, platform_id) ${waiting}`);
    await runner.query('CREATE INDEX deliveries_state_idx ON deliveries (state, created_at, id)');
    await runner.query('CREATE INDEX deliveries_push_id_idx ON deliveries (push_id)');
    await runner.query(`
      CREATE TABLE delivery_receivers (
        platform_id uuid CONSTRAINT delivery_receivers_pkey PRIMARY KEY,
        paused_at timestamptz,
        resync_since timestamptz
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE delivery_receivers');
    await runner.query('DROP TABLE deliveries');
    await runner.query('DROP TABLE pushes');
  }
}
