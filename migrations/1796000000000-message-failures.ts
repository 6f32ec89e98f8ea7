import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** What failed, newest first, without reading what did not. Few messages fail: the index holds those alone. */
export class MessageFailures1796000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX messages_failed_idx ON messages (at)
      WHERE error IS NOT NULL OR http_status >= 400 OR ocpi_status >= 2000`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX messages_failed_idx');
  }
}
