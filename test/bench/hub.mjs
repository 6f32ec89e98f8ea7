/** The hub under test: a real handshake on a real database, and the same with thousands of parties more. */
import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { root } from '../../apps/hub/bin/prepare.mjs';
import { onTestedCore } from './cores.mjs';
import { freePort, startServer } from './processes.mjs';
import { seedPlatforms } from './seed.mjs';

/** Of this run only: every server listens on 127.0.0.1 until the benchmark ends. */
const KEYS = { ADMIN_API_KEY: 'key-of-this-benchmark', ENCRYPTION_KEY: randomBytes(32).toString('hex') };
const PASSWORD = 'of-this-benchmark';

export const CPO = 'NL*CPO';
export const MSP = 'DE*MSP';

/** A module of the built hub. */
export function built(path) {
  return import(join(root, 'dist', path));
}

/** Starts the hub's own PostgreSQL and, where the machine has one, Redis. */
export async function startStores(folder) {
  const { startPostgres } = await built('apps/hub/src/embedded/postgres.js');
  const { findRedis, startRedis } = await built('apps/hub/src/embedded/redis.js');
  const postgres = await startPostgres({ dataDir: folder, password: PASSWORD });
  const program = findRedis();
  const redis = program && (await startRedis(program, folder, PASSWORD));
  const stop = async () => {
    await redis?.stop();
    await postgres.stop();
  };
  return { url: postgres.url, redisUrl: redis?.url, stop };
}

/** Runs SQL on a database. */
export async function withDatabase(url, work) {
  const { Client } = await import('pg').then((pg) => pg.default);
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** The URL of another database on the same server; made new, from a template when one is given. */
export async function makeDatabase(serverUrl, name, template) {
  await withDatabase(serverUrl, (client) =>
    client.query(`CREATE DATABASE ${name}${template ? ` TEMPLATE ${template}` : ''}`),
  );
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

/** The environment of the hub's processes on one database. */
export function hubEnvironment(databaseUrl, redisUrl, port) {
  return {
    ...KEYS,
    NODE_ENV: 'production',
    DATABASE_URL: databaseUrl,
    ...(redisUrl && { REDIS_URL: redisUrl }),
    OCPI_PORT: `${port}`,
    BIND_HOST: '127.0.0.1',
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    ALLOW_PRIVATE_NETWORKS: 'true',
    // One caller sends all of the load.
    REQUESTS_PER_SECOND_PER_PLATFORM: '1000000',
    LOG_LEVEL: 'info',
  };
}

/** Starts one of the hub's processes; the router has the tested core, unless `elsewhere`. */
export async function startApp(app, environment, { elsewhere = false } = {}) {
  const command = [process.execPath, [join(root, 'dist', 'apps', app, 'src', 'main.js')]];
  const port = environment[PORT_OF[app]];
  const url = `http://127.0.0.1:${port}`;
  const started = await startServer({
    command: elsewhere ? command : onTestedCore(...command),
    url: `${url}/health/ready`,
    env: environment,
  });
  return { ...started, url };
}

const PORT_OF = { router: 'OCPI_PORT', admin: 'ADMIN_PORT', delivery: 'DELIVERY_PORT' };

/** Registers a CPO and an eMSP, both of whose functional endpoints are the upstream's. */
export function registerTwo(stores, databaseUrl, upstream) {
  return registerAll(stores, databaseUrl, [
    { pair: CPO, role: 'CPO', upstream },
    { pair: MSP, role: 'EMSP', upstream },
  ]);
}

/**
 * Registers platforms of one party each by the handshake that any platform goes through.
 *
 * @param {{ pair: string, role: string, upstream: string }[]} platforms `upstream`: where its functional endpoints are
 * @returns the token that each of them calls the hub with
 */
export async function registerAll(stores, databaseUrl, platforms) {
  const { migrate } = await built('libs/store/src/index.js');
  const { AdminClient } = await built('libs/testkit/src/index.js');
  await migrate(databaseUrl);
  const ports = { ADMIN_PORT: `${await freePort()}`, ADMIN_BIND_HOST: '127.0.0.1' };
  const environment = { ...hubEnvironment(databaseUrl, stores.redisUrl, await freePort()), ...ports };
  const router = await startApp('router', environment, { elsewhere: true });
  const admin = await startApp('admin', environment, { elsewhere: true });
  const client = new AdminClient(admin.url, KEYS.ADMIN_API_KEY);
  const tokens = {};
  for (const each of platforms) tokens[each.pair] = await joinHub(client, { ...each, hub: router.url });
  await Promise.all([router.stop(), admin.stop()]);
  return tokens;
}

async function joinHub(client, { pair, role, upstream, hub }) {
  const { TestPlatform } = await built('libs/testkit/src/index.js');
  const [countryCode, partyId] = pair.split('*');
  const platform = await TestPlatform.start({
    name: pair,
    roles: [{ countryCode, partyId, role }],
    endpointOrigin: upstream,
  });
  const { token_a: tokenA } = await client.createPlatform(pair, [{ countryCode, partyId, role }]);
  await platform.register(`${hub}/ocpi/versions`, tokenA);
  await platform.close();
  return platform.hub.token;
}

/**
 * A copy of a database with so many platforms more, of one party each.
 *
 * @param {{ name: string, parties: number, models?: string[], change?: (client: import('pg').Client) => Promise<void> }} how
 *   `models`: names of the platforms that are copied
 */
export async function withMoreParties(serverUrl, from, { name, parties, models = [CPO, MSP], change }) {
  const { sealWith } = await built('libs/store/src/seal.js');
  const seal = sealWith(Buffer.from(KEYS.ENCRYPTION_KEY, 'hex'));
  const platforms = Array.from({ length: parties }, (_, number) => {
    const id = randomUUID();
    return { id, number, sealedToken: seal.close(`token-of-platform-${number}`, id) };
  });
  const url = await makeDatabase(serverUrl, name, from);
  await withDatabase(url, async (client) => {
    await seedPlatforms(client, platforms, models);
    await change?.(client);
  });
  return url;
}
