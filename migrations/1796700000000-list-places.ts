import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Where in a list the URL of a next page leads, so that a reader can ask for the page by its offset as well. */
export class ListPlaces1796700000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE detours
      ADD COLUMN list text, ADD COLUMN list_offset bigint, ADD COLUMN list_place jsonb`);
    await runner.query(
      'CREATE INDEX detours_list_idx ON detours (list, list_offset, created_at) WHERE list IS NOT NULL',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'ALTER TABLE detours DROP COLUMN list, DROP COLUMN list_offset, DROP COLUMN list_place',
    );
  }
}
