import { connect, CONNECT_LIMITS, dataSourceFor } from './connection';

/** Any number that no other user of advisory locks in this database has. */
const MIGRATION_LOCK = 7_240_001;

/** Two connections: one holds the lock, the other migrates. */
const POOL_SIZE = 2;

/**
 * Brings the schema up to date. Replicas may start at once: one migrates, the others wait for it and then
 * find nothing to do. No statement has a time limit here, since a migration takes as long as its tables are big.
 *
 * @returns the names of the migrations that ran
 */
export async function migrate(databaseUrl: string): Promise<string[]> {
  const dataSource = await connect(dataSourceFor(databaseUrl, POOL_SIZE, CONNECT_LIMITS));
  try {
    const holder = dataSource.createQueryRunner();
    await holder.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const ran = await dataSource.runMigrations();
    await holder.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]);
    await holder.release();
    return ran.map((migration) => migration.name);
  } finally {
    await dataSource.destroy(); // closes the connections, and with them the lock
  }
}
