import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Why a message was refused in words, what the hub changed in it, and the path of one that is for no URL of the hub. */
export class MessageReasons1796400000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'ALTER TABLE messages ADD COLUMN reason text, ADD COLUMN note text, ADD COLUMN path text',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE messages DROP COLUMN reason, DROP COLUMN note, DROP COLUMN path');
  }
}
