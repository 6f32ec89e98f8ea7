/** Section 1: what forwarding one message costs, next to the cheapest things that forward at all. */
import { cpuMicroseconds, residentMebibytes } from './processes.mjs';
import { load, openLoad } from './load.mjs';
import { MESSAGES } from './messages.mjs';
import { median } from './statistics.mjs';
import { requestsTo, requireForwarding, startSystems } from './systems.mjs';

/** Share of its own full speed at which a system's added latency is measured. */
export const PARTIAL_LOAD = 0.7;

/** s of the same load before each measurement: a process that paused has shrunk its heap and grows it again first. */
const LEAD_IN_SECONDS = 1;

/**
 * Measures everything.
 *
 * @param {{ warmUpSeconds: number }} run `warmUpSeconds`: how long each message runs on each system before anything
 *   counts: code is to be compiled by then, and buffers grown
 * @param say takes a line on how far it is
 */
export async function measureForwarding({ folder, stores, parties, rounds, seconds, warmUpSeconds }, say) {
  say('starting the systems');
  const { systems, upstream, tokens } = await startSystems({ folder, stores, parties });
  const all = Object.values(systems);
  try {
    for (const system of all) system.requests = requestsTo(system.url, tokens);
    for (const { requests } of all) for (const method of MESSAGES) await requireForwarding(requests[method]);
    const run = { folder, seconds, rounds, say, direct: requestsTo(upstream.url, tokens) };
    say('warming up');
    await fullSpeedRounds(all, { ...run, rounds: 1, seconds: warmUpSeconds });
    const full = await fullSpeedRounds(all, run);
    return {
      names: namesOf(systems),
      full: byKey(systems, full),
      partial: await partialRounds(systems, full, run),
    };
  } finally {
    await Promise.all([...all, upstream].map((process_) => process_.stop()));
  }
}

function namesOf(systems) {
  return Object.fromEntries(Object.entries(systems).map(([key, { name }]) => [key, name]));
}

function byKey(systems, results) {
  return Object.fromEntries(Object.entries(systems).map(([key, system]) => [key, results.get(system)]));
}

/** Every system once with every message in each round: A B C D A B C D. */
async function fullSpeedRounds(all, { folder, seconds, rounds, say }) {
  const results = new Map(all.map((system) => [system, { PUT: [], GET: [], memory: [] }]));
  for (let round = 1; round <= rounds; round++) {
    say(`full speed, round ${round} of ${rounds}`);
    for (const method of MESSAGES) {
      for (const system of all) {
        results.get(system)[method].push(await measure(system, method, { folder, seconds }));
      }
    }
    for (const system of all) results.get(system).memory.push(residentMebibytes(system.pid));
  }
  return results;
}

async function measure({ pid, requests }, method, how) {
  await load(requests[method], { ...how, seconds: LEAD_IN_SECONDS });
  const before = cpuMicroseconds(pid);
  const { requests: count, seconds, p50, p99 } = await load(requests[method], how);
  return { perSecond: count / seconds, cpu: (cpuMicroseconds(pid) - before) / count, p50, p99 };
}

/** The hub at `PARTIAL_LOAD` of its full speed, and the upstream alone at the same number of requests per second. */
async function partialRounds({ hub }, full, { seconds, rounds, say, direct }) {
  const results = { PUT: [], GET: [] };
  for (const method of MESSAGES) {
    const fullSpeed = median(full.get(hub)[method].map(({ perSecond }) => perSecond));
    const perSecond = fullSpeed * PARTIAL_LOAD;
    for (let round = 1; round <= rounds; round++) {
      say(`${method} at ${PARTIAL_LOAD * 100} % load, round ${round} of ${rounds}`);
      const through = await openLoad(hub.requests[method], { seconds, perSecond });
      const alone = await openLoad(direct[method], { seconds, perSecond });
      const share = through.requests / through.seconds / fullSpeed;
      results[method].push({ share, through: through.p50, alone: alone.p50, p99: through.p99 });
    }
  }
  return results;
}
