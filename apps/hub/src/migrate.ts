import { createLogger, reasonOf } from '@app/runtime';
import { readSettings } from '@app/settings';
import { migrate } from '@app/store';

/** Brings the database up to date and ends: the step before the processes of a release are started. */
async function main(): Promise<void> {
  const settings = readSettings();
  await migrate(settings.databaseUrl);
  createLogger('migrate', settings.logLevel).info({}, 'the database is up to date');
}

main().catch((error: unknown) => {
  process.stderr.write(`migrate failed: ${reasonOf(error)}\n`);
  process.exitCode = 1;
});
