import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Which message a callback belongs to: remembered by its URL, written down with each message that came to it. */
export class MessageParents1795500200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'ALTER TABLE detours ADD COLUMN cause_correlation_id text, ADD COLUMN cause_request_id text',
    );
    await runner.query(
      'ALTER TABLE messages ADD COLUMN parent_correlation_id text, ADD COLUMN parent_request_id text',
    );
    // Few messages are callbacks: the index holds those alone.
    await runner.query(`
      CREATE INDEX messages_parent_correlation_id_idx ON messages (parent_correlation_id)
      WHERE parent_correlation_id IS NOT NULL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX messages_parent_correlation_id_idx');
    await runner.query(
      'ALTER TABLE messages DROP COLUMN parent_request_id, DROP COLUMN parent_correlation_id',
    );
    await runner.query('ALTER TABLE detours DROP COLUMN cause_request_id, DROP COLUMN cause_correlation_id');
  }
}
