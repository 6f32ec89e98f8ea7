/** Section 3: what a receiver that hangs costs those who speak with others. */
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { CPO, hubEnvironment, makeDatabase, MSP, registerAll, startApp } from './hub.mjs';
import { load, pauseFor } from './load.mjs';
import { callerHeaders, locationBody } from './messages.mjs';
import { cpuMicroseconds, freePort, startServer } from './processes.mjs';
import { requestsTo, requireForwarding, startUpstream } from './systems.mjs';

/** Requests to the hanging receiver that are under way at any time, or wait to be sent again as they were told. */
export const HANGING_REQUESTS = 500;
/** The load of the others, as a share of the hub's full speed. */
export const OTHERS_LOAD = 0.5;
const HANGING = 'DE*HNG';
/** For how long nothing is measured after hundreds of connections came or went at once, in ms. */
const SETTLE_MS = 2_000;

const file = (name) => fileURLToPath(new URL(`systems/${name}.mjs`, import.meta.url));

/** Measures everything: the same load with and without the hanging receiver in turn. */
export async function measureHanging({ folder, stores, rounds, seconds, warmUpSeconds }, say) {
  say('starting the systems');
  const { router, processes, requests } = await startAll(folder, stores);
  try {
    await requireForwarding(requests.others);
    say('warming up');
    await load(requests.others, { folder, seconds: warmUpSeconds });
    const full = await load(requests.others, { folder, seconds });
    const thinkMs = await pauseFor(requests.others, (full.requests / full.seconds) * OTHERS_LOAD, folder);
    const samples = [];
    for (let round = 1; round <= rounds; round++) {
      say(`round ${round} of ${rounds}`);
      const without = await measure(router, requests.others, { folder, seconds, thinkMs });
      const hanging = await startHanging(requests.hanging);
      const during = await measure(router, requests.others, { folder, seconds, thinkMs });
      samples.push({ without, during, told: await hanging.stop() });
      await sleep(SETTLE_MS);
    }
    return { full, samples };
  } finally {
    await Promise.all(processes.map((each) => each.stop()));
  }
}

/** @returns what the load tells, and the share of its core that the router had busy */
async function measure({ pid }, request, how) {
  const [before, began] = [cpuMicroseconds(pid), performance.now()];
  const figures = await load(request, how);
  return { ...figures, busy: (cpuMicroseconds(pid) - before) / 1_000 / (performance.now() - began) };
}

/** One platform sends everything, both to the receiver that answers and to the one that hangs: it shares most with itself. */
async function startAll(folder, stores) {
  const upstream = await startUpstream(folder);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const command = [process.execPath, [file('hanging')]];
  const hanging = { ...(await startServer({ command, url, env: { PORT: `${port}` }, method: 'HEAD' })), url };
  const database = await makeDatabase(stores.url, 'hub_hanging');
  const tokens = await registerAll(stores, database, [
    { pair: CPO, role: 'CPO', upstream: upstream.url },
    { pair: MSP, role: 'EMSP', upstream: upstream.url },
    { pair: HANGING, role: 'EMSP', upstream: hanging.url },
  ]);
  const environment = {
    ...hubEnvironment(database, stores.redisUrl, await freePort()),
    MAX_CONNECTIONS_PER_PLATFORM: `${2 * HANGING_REQUESTS}`,
  };
  const router = await startApp('router', environment);
  const others = requestsTo(router.url, tokens).PUT;
  const headers = callerHeaders({ token: tokens[CPO], from: CPO, to: HANGING });
  const requests = { others, hanging: { ...others, headers, body: locationBody() } };
  return { router, processes: [router, hanging, upstream], requests };
}

/** Resolves once all are under way and the hub has got over it; `stop` tells how it went. */
async function startHanging(request) {
  const task = JSON.stringify({ ...request, connections: HANGING_REQUESTS });
  const child = spawn(process.execPath, [file('patient')], {
    env: { ...process.env, BENCH_TASK: task },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  await new Promise((resolve, reject) => {
    child.once('exit', () => reject(new Error(`the hanging load ended: ${output}`)));
    child.stdout.on('data', (data) => {
      output += data;
      if (output.includes('\n')) resolve();
    });
  });
  await sleep(SETTLE_MS);
  const stop = () =>
    new Promise((resolve) => {
      child.once('close', () => resolve(JSON.parse(output.trim().split('\n').at(-1))));
      child.kill('SIGTERM');
    });
  return { stop };
}
