import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Correlation ids over 255 characters are looked for by their beginning and hash, since an index cannot hold them. */
export class LongCorrelationIds1796310000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE pushes ADD COLUMN long_correlation_id text');
    await runner.query(`
      UPDATE pushes SET long_correlation_id = correlation_id,
        correlation_id = left(correlation_id, 183) || '~sha256:' ||
          encode(sha256(convert_to(correlation_id, 'UTF8')), 'hex')
      WHERE length(correlation_id) > 255`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE pushes DROP COLUMN long_correlation_id');
  }
}
