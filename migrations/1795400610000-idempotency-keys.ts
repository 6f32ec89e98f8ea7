import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Keys under which something was created once, with the answer that a repeated request gets. */
export class IdempotencyKeys1795400610000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE idempotency_keys (
        key text CONSTRAINT idempotency_keys_pkey PRIMARY KEY,
        request text NOT NULL,
        answer bytea,
        expires_at timestamptz NOT NULL
      )`);
    await runner.query('CREATE INDEX idempotency_keys_expires_at_idx ON idempotency_keys (expires_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE idempotency_keys');
  }
}
