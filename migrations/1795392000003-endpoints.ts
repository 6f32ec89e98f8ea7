import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Endpoints that a platform advertised when it registered. */
export class Endpoints1795392000003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE endpoints (
        id uuid CONSTRAINT endpoints_pkey PRIMARY KEY,
        platform_id uuid NOT NULL
          CONSTRAINT endpoints_platform_id_fkey REFERENCES platforms (id) ON DELETE CASCADE,
        module text NOT NULL,
        interface_role text NOT NULL
          CONSTRAINT endpoints_interface_role_check CHECK (interface_role IN ('SENDER', 'RECEIVER')),
        url text NOT NULL,
        CONSTRAINT endpoints_module_unique UNIQUE (platform_id, module, interface_role)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE endpoints');
  }
}
