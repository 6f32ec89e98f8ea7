/**
 * `npm test`: sets everything up that the tests need, runs them and says as its last line how many passed. Arguments
 * go to Jest: `npm test -- routing`.
 */
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildWhenStale, installWhenNeeded, root } from '../apps/hub/bin/prepare.mjs';

/** Not secret: the servers listen on 127.0.0.1 for the time of the run and hold test data only. */
const PASSWORD = 'of-this-test-run';

installWhenNeeded();
buildWhenStale(); // the process tests start dist/apps/*/src/main.js, and the servers below are the hub's own

const folder = mkdtempSync(join(tmpdir(), 'ocpi-hub-test-'));
chmodSync(folder, 0o755); // where we are root, PostgreSQL runs as somebody else and must get in
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(1));

const servers = [];
let code = 1;
try {
  code = await runJest(await startServers());
} catch (error) {
  console.error(error);
} finally {
  for (const server of servers.reverse()) await server.stop();
}
const { passed, failed, skipped } = counts(code);
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exit(failed > 0 ? 1 : 0);

/** The environment that tells the tests where the servers are. */
async function startServers() {
  const { startPostgres } = await embedded('postgres.js');
  const { findRedis, startRedis } = await embedded('redis.js');
  const postgres = await startPostgres({ dataDir: folder, password: PASSWORD, durable: false });
  servers.push(postgres);
  const program = findRedis();
  if (!program) {
    console.log('no redis-server or valkey-server found: what runs on Redis is counted as skipped');
    return { TEST_DATABASE_URL: postgres.url };
  }
  const redis = await startRedis(program, folder, PASSWORD);
  servers.push(redis);
  return { TEST_DATABASE_URL: postgres.url, TEST_REDIS_URL: redis.url };
}

function embedded(file) {
  return import(pathToFileURL(join(root, 'dist', 'apps', 'hub', 'src', 'embedded', file)).href);
}

/** Jest's exit code. */
function runJest(environment) {
  const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  const config = ['--config', join(root, 'test', 'jest.config.mjs')];
  const report = ['--json', '--outputFile', reportFile()];
  const child = spawn(process.execPath, [jest, ...config, ...report, ...process.argv.slice(2)], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, NODE_ENV: 'test', ...environment },
  });
  process.on('exit', () => child.kill());
  return new Promise((resolve) => child.once('exit', (exit) => resolve(exit ?? 1)));
}

function reportFile() {
  return join(folder, 'jest.json');
}

/** Sums over all suites. A suite that could not run counts as one failed, and so does a run without a report. */
function counts(jestCode) {
  const report = read(reportFile());
  const passed = report?.numPassedTests ?? 0;
  const failed = (report?.numFailedTests ?? 0) + (report?.numRuntimeErrorTestSuites ?? 0);
  const skipped = (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0);
  return { passed, failed: failed === 0 && jestCode !== 0 ? 1 : failed, skipped };
}

function read(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
