/** What TypeORM is told about the database; everything else adds only where it is and how long to wait. */
import 'reflect-metadata';
import { DataSource, type DataSourceOptions } from 'typeorm';
import * as entities from './entities';
import { MIGRATIONS } from './migrations';

export const SCHEMA = {
  type: 'postgres',
  entities: Object.values(entities).filter((part) => typeof part === 'function'),
  migrations: MIGRATIONS,
  migrationsTableName: 'migrations',
  migrationsTransactionMode: 'each',
  // No extension is needed (ids are made here), so the hub's database user need not be allowed to add one.
  installExtensions: false,
  synchronize: false,
  logging: false,
} as const satisfies DataSourceOptions;

/**
 * For the TypeORM command line on compiled code. Where the database is, it reads from libpq's own variables:
 * `PGHOST=… PGUSER=… PGDATABASE=… npx typeorm migration:show -d dist/libs/store/src/data-source.js`
 */
export default new DataSource(SCHEMA);
