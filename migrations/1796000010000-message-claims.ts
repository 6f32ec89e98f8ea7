import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** In whose name a message was sent that was refused because the name is another's. */
export class MessageClaims1796000010000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE messages ADD COLUMN claimed_from text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE messages DROP COLUMN claimed_from');
  }
}
