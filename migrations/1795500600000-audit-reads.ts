import { type MigrationInterface, type QueryRunner } from 'typeorm';

const DROP = 'ALTER TABLE audit_outcomes DROP CONSTRAINT audit_outcomes_outcome_check';

/** That captured payloads were read is in the audit log, too. */
export class AuditReads1795500600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(DROP);
    await runner.query(`
      ALTER TABLE audit_outcomes ADD CONSTRAINT audit_outcomes_outcome_check
        CHECK (outcome IN ('changed', 'unchanged', 'refused', 'failed', 'read'))`);
  }

  /** NOT VALID: what was read stays in the log, which gives nothing away. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DROP);
    await runner.query(`
      ALTER TABLE audit_outcomes ADD CONSTRAINT audit_outcomes_outcome_check
        CHECK (outcome IN ('changed', 'unchanged', 'refused', 'failed')) NOT VALID`);
  }
}
