/**
 * `npm run bench`: what the hub costs, next to other programs in the same run. Figures of a shared machine mean
 * little by themselves; the ratios are what counts. Reads /proc, so it runs on Linux only.
 */
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildWhenStale, installWhenNeeded, root } from '../../apps/hub/bin/prepare.mjs';
import { readOptions } from './options.mjs';

const options = readOptions(process.argv.slice(2));
if (process.platform !== 'linux') {
  console.error('the benchmark reads /proc and runs on Linux only');
  process.exit(2);
}
installWhenNeeded();
buildWhenStale();

const { describeCores, leaveTestedCore } = await import('./cores.mjs');
const { CONNECTIONS, generator } = await import('./load.mjs');
const { startStores } = await import('./hub.mjs');

const folder = mkdtempSync(join(tmpdir(), 'ocpi-hub-bench-'));
chmodSync(folder, 0o755); // where we are root, PostgreSQL runs as somebody else and must get in
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(1));

leaveTestedCore();
process.env.NODE_OPTIONS ??= imageNodeOptions();
console.log(`Node ${process.version} ${process.env.NODE_OPTIONS}, ${cpus()[0].model}, ${describeCores()}`);
console.log(
  `load: ${generator}, ${CONNECTIONS} connections; machine load before: ${loadavg()[0].toFixed(2)}`,
);

const SECTIONS = {
  forward: async (run) => {
    const { measureForwarding } = await import('./forward.mjs');
    const { reportForwarding } = await import('./forward-report.mjs');
    const { rounds, seconds } = run;
    console.log(`medians of ${rounds} interleaved rounds of ${seconds} s\n`);
    return reportForwarding(await measureForwarding(run, say));
  },
  deliveries: async (run) => {
    const { measureDeliveries } = await import('./deliveries.mjs');
    const { reportDeliveries } = await import('./deliveries-report.mjs');
    return reportDeliveries(await measureDeliveries(run, say));
  },
  hanging: async (run) => {
    const { measureHanging } = await import('./hanging.mjs');
    const { reportHanging } = await import('./hanging-report.mjs');
    return reportHanging(await measureHanging(run, say));
  },
  hubclientinfo: async (run) => {
    const { measureHubClientInfo } = await import('./hubclientinfo.mjs');
    const { reportHubClientInfo } = await import('./hubclientinfo-report.mjs');
    return reportHubClientInfo(await measureHubClientInfo(run, say));
  },
};

const stores = await startStores(folder);
try {
  for (const section of options.sections) {
    const report = await SECTIONS[section]({ ...options, folder, stores });
    say('');
    console.log(`${report}\n`);
  }
} finally {
  await stores.stop();
}

/** What the image gives Node. Every system that is compared has it, too. */
function imageNodeOptions() {
  return /\bNODE_OPTIONS=(\S+)/.exec(readFileSync(join(root, 'Dockerfile'), 'utf8'))[1];
}

/** Progress, where a person looks on. */
function say(line) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${line}`);
}
