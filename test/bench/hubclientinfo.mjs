/** Section 4: what a page of `hubclientinfo` costs with few parties and with many, under both defaults of agreements. */
import { CPO, hubEnvironment, makeDatabase, registerTwo, startApp, withMoreParties } from './hub.mjs';
import { callerHeaders } from './messages.mjs';
import { cpuMicroseconds, freePort } from './processes.mjs';

export const FEW_PARTIES = 100;
/** Objects of a page: fewer than the few parties, so that a page holds the same with both. */
export const LIMIT = 50;
export const DEFAULTS = ['allow', 'deny'];
/** Requests under way at a time: one more than a router works on, and no queue. */
const AT_ONCE = 2;

/**
 * Asks four routers in turn, round by round.
 *
 * @returns for each default, with `few` and `many` parties: CPU µs and requests a second, by round
 */
export async function measureHubClientInfo({ stores, rounds, seconds, listed }, say) {
  say('starting four routers');
  const base = await makeDatabase(stores.url, 'info');
  // No message is forwarded: the endpoints are never called.
  const tokens = await registerTwo(stores, base, 'http://127.0.0.1:9');
  const sizes = { few: FEW_PARTIES, many: listed };
  const systems = [];
  for (const [size, parties] of Object.entries(sizes)) {
    const url = await withMoreParties(stores.url, 'info', { name: `info_${size}`, parties: parties - 2 });
    for (const byDefault of DEFAULTS) systems.push(await startRouter(stores, url, { size, byDefault }));
  }
  const samples = Object.fromEntries(DEFAULTS.map((each) => [each, { few: [], many: [] }]));
  for (let round = 0; round <= rounds; round++) {
    for (const system of systems) {
      say(`round ${round} of ${rounds}: ${system.size} parties, ${system.byDefault}`);
      const sample = await measured(system, tokens[CPO], seconds);
      // The first round warms up.
      if (round > 0) samples[system.byDefault][system.size].push(sample);
    }
  }
  await Promise.all(systems.map(({ stop }) => stop()));
  return { samples, listed };
}

async function startRouter(stores, databaseUrl, { size, byDefault }) {
  const environment = hubEnvironment(databaseUrl, stores.redisUrl, await freePort());
  const started = await startApp('router', { ...environment, AGREEMENT_DEFAULT: byDefault });
  return { ...started, size, byDefault };
}

async function measured({ url, pid }, token, seconds) {
  const request = { headers: callerHeaders({ token, from: CPO, to: 'DE*HUB' }) };
  const began = { at: performance.now(), cpu: cpuMicroseconds(pid) };
  const end = began.at + seconds * 1_000;
  let count = 0;
  const ask = async () => {
    while (performance.now() < end) {
      await requirePage(await fetch(`${url}/ocpi/2.2.1/hubclientinfo?limit=${LIMIT}`, request));
      count++;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, ask));
  const cpu = (cpuMicroseconds(pid) - began.cpu) / count;
  return { cpu, perSecond: count / ((performance.now() - began.at) / 1_000) };
}

/** @throws when an answer is no full page */
async function requirePage(answer) {
  const text = await answer.text();
  const { data } = answer.status === 200 ? JSON.parse(text) : {};
  if (data?.length !== LIMIT) throw new Error(`HTTP ${answer.status} ${text.slice(0, 300)}`);
}
