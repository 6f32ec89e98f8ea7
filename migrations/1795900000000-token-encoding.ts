import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** How a platform wants to be shown the token that it gave to the hub. */
export class TokenEncoding1795900000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE platforms ADD COLUMN token_encoding text NOT NULL DEFAULT 'base64'
        CONSTRAINT platforms_token_encoding_check CHECK (token_encoding IN ('base64', 'plain'))`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE platforms DROP COLUMN token_encoding');
  }
}
