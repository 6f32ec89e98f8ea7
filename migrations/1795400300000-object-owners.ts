import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Which parties have which ids, as open routing learned it. No foreign keys: parties come and go, pairs stay. */
export class ObjectOwners1795400300000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE object_owners (
        kind text NOT NULL,
        scope text NOT NULL,
        object_id text NOT NULL,
        owner text NOT NULL,
        last_seen timestamptz NOT NULL,
        CONSTRAINT object_owners_pkey PRIMARY KEY (kind, scope, object_id, owner)
      )`);
    await runner.query('CREATE INDEX object_owners_last_seen_idx ON object_owners (last_seen)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE object_owners');
  }
}
