import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** The messages of one platform in one span of time, without reading those of others. */
export class MessagePlatforms1795500220000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const side of ['from', 'to']) {
      await runner.query(`
        CREATE INDEX messages_${side}_platform_idx ON messages (${side}_platform_id, at)
        WHERE ${side}_platform_id IS NOT NULL`);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX messages_to_platform_idx');
    await runner.query('DROP INDEX messages_from_platform_idx');
  }
}
