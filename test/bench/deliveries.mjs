/** Section 2: one push to many receivers through the hub's delivery worker, next to a plain fan-out. */
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { onTestedCore } from './cores.mjs';
import { CPO, hubEnvironment, makeDatabase, MSP, registerTwo, startApp, withMoreParties } from './hub.mjs';
import { callerHeaders, locationBody } from './messages.mjs';
import { cpuMicroseconds, freePort, startServer } from './processes.mjs';
import { spreadReceivers } from './seed.mjs';

/** Requests under way at a time in the plain fan-out. */
const AT_A_TIME = 64;
/** So many pushes of each for one that is measured go first, ten at most: connections are made and code is compiled. */
const WARM_UPS_A_ROUND = 2;
const MOST_WARM_UPS = 10;
const LIMIT_MS = 120_000;
const POLL_MS = 20;
/** The hub party that a broadcast is addressed to: the default of HUB_COUNTRY_CODE and HUB_PARTY_ID. */
const HUB = 'DE*HUB';

/** Measures everything. `say` takes a line on how far it is. */
export async function measureDeliveries({ folder, stores, receivers, rounds }, say) {
  say('starting router, worker, receivers and the plain fan-out');
  const sink = await startScript('sink', {});
  const origins = Array.from({ length: receivers }, (_, i) => originOf(i, sink.url));
  const running = [sink];
  try {
    const { environment, tokens } = await hubWith(stores, { sink, origins, receivers });
    const router = await startApp('router', environment, { elsewhere: true });
    const fanOut = await startFanOut(origins);
    running.push(router, fanOut);
    const run = { sink, receivers, token: tokens[CPO], router, environment, fanOut };
    const memory = stores.redisUrl && (await memoryPerLeg(stores.redisUrl, run));
    const worker = await startApp('delivery', environment);
    running.push(worker);
    await allArrived(sink, stores.redisUrl ? 2 * receivers : 0);
    return { receivers, memory, ...(await pushRounds({ ...run, worker, rounds, folder }, say)) };
  } finally {
    await Promise.all(running.map((process_) => process_.stop()));
  }
}

/** An origin for each receiver: all of 127.0.0.0/8 leads to the sink. */
function originOf(number, sinkUrl) {
  return `http://127.1.${number >> 8}.${number & 255}:${new URL(sinkUrl).port}`;
}

function startScript(name, env, onCore = (command, args) => [command, args]) {
  return freePort().then(async (port) => {
    const url = `http://127.0.0.1:${port}`;
    const file = fileURLToPath(new URL(`systems/${name}.mjs`, import.meta.url));
    const command = onCore(process.execPath, [file]);
    return { ...(await startServer({ command, url, env: { ...env, PORT: `${port}` } })), url };
  });
}

function startFanOut(origins) {
  const urls = origins.map((origin) => ({ origin, path: '/locations/NL/CPO/LOC0001' }));
  const headers = callerHeaders({ token: 'token-of-a-receiver', from: HUB, to: MSP });
  const task = { urls, headers, body: locationBody(), atATime: AT_A_TIME };
  return startScript('fan-out', { BENCH_TASK: JSON.stringify(task) }, onTestedCore);
}

/** A database with a CPO and so many eMSPs, and the environment of the hub's processes on it. */
async function hubWith(stores, { sink, origins, receivers }) {
  const first = await makeDatabase(stores.url, 'hub_deliveries_two');
  const tokens = await registerTwo(stores, first, sink.url);
  const database = await withMoreParties(stores.url, 'hub_deliveries_two', {
    name: 'hub_deliveries',
    parties: receivers - 1, // the registered eMSP is one of them
    models: [MSP],
    change: (client) => spreadReceivers(client, origins.slice(1)),
  });
  const ports = { DELIVERY_PORT: `${await freePort()}`, ADMIN_BIND_HOST: '127.0.0.1' };
  return {
    environment: { ...hubEnvironment(database, stores.redisUrl, await freePort()), ...ports },
    tokens,
  };
}

/** What a leg that waits takes of Redis, in bytes: no worker runs yet, so that all of them wait. */
async function memoryPerLeg(redisUrl, run) {
  const { Redis } = await import('ioredis');
  const redis = new Redis(redisUrl);
  const used = async () => Number(/used_memory:(\d+)/.exec(await redis.info('memory'))[1]);
  await push(run, 'FIRST'); // with it Redis learns the scripts of the queue
  await sleep(2_000); // the router queues what it accepted beside the answer
  const before = await used();
  await push(run, 'WAITING');
  await sleep(2_000);
  const bytes = ((await used()) - before) / run.receivers;
  redis.disconnect();
  return bytes;
}

async function pushRounds(run, say) {
  const results = { hub: [], plain: [] };
  const warmUps = Math.min(MOST_WARM_UPS, WARM_UPS_A_ROUND * run.rounds);
  for (let round = 1 - warmUps; round <= run.rounds; round++) {
    say(`push ${round} of ${run.rounds}`);
    const hub = await oneRound(run, run.worker, () => push(run, `LOC${round + warmUps}`));
    const plain = await oneRound(run, run.fanOut, () => fetch(`${run.fanOut.url}/go`));
    if (round < 1) continue;
    results.hub.push(hub);
    results.plain.push(plain);
  }
  return results;
}

/** From the begin of a push to its last arrival. */
async function oneRound({ sink, receivers }, { pid }, begin) {
  await fetch(`${sink.url}/reset`);
  const cpu = cpuMicroseconds(pid);
  const start = performance.timeOrigin + performance.now();
  await begin();
  const answeredMs = performance.timeOrigin + performance.now() - start;
  const lastMs = (await allArrived(sink, receivers)) - start;
  await sleep(200); // what the worker writes down after the last answer is part of its cost
  const used = (cpuMicroseconds(pid) - cpu) / receivers;
  return { answeredMs, lastMs, perSecond: (receivers * 1_000) / lastMs, cpu: used };
}

/** Puts a Location at the hub party: a broadcast. @throws when the hub does not take it over */
async function push({ router, token }, id) {
  const answer = await fetch(`${router.url}/ocpi/2.2.1/receiver/locations/NL/CPO/${id}`, {
    method: 'PUT',
    headers: callerHeaders({ token, from: CPO, to: HUB }),
    body: locationBody().replace('"LOC0001"', JSON.stringify(id)),
  });
  const text = await answer.text();
  if (!text.includes('"status_code":1000')) throw new Error(`push refused: HTTP ${answer.status} ${text}`);
}

/** When the last of so many pushes arrived, in ms since 1970. @throws when they do not come */
async function allArrived(sink, wanted) {
  const end = performance.now() + LIMIT_MS;
  for (;;) {
    const { count, lastAt } = await fetch(`${sink.url}/count`).then((answer) => answer.json());
    if (count >= wanted) return lastAt;
    if (performance.now() > end) throw new Error(`${count} of ${wanted} deliveries arrived`);
    await sleep(POLL_MS);
  }
}
