import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** One row that each process writes to find out whether the database takes writes. */
export class WriteProbes1796600000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE write_probes (
        id smallint PRIMARY KEY CHECK (id = 1),
        at timestamptz NOT NULL
      ) WITH (fillfactor = 10)`);
    await runner.query('INSERT INTO write_probes (id, at) VALUES (1, now())');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE write_probes');
  }
}
