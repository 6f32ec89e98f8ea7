import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** What changed for one viewer since a time is found without looking through all that ever changed for it. */
export class ClientInfoViewTimes1796500000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE INDEX client_info_views_since_idx ON client_info_views (viewer_id, since)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX client_info_views_since_idx');
  }
}
