/** What is compared: each a process on the tested core that forwards to one upstream. */
import { fileURLToPath } from 'node:url';
import { onTestedCore } from './cores.mjs';
import { CPO, hubEnvironment, makeDatabase, MSP, registerTwo, startApp, withMoreParties } from './hub.mjs';
import { ANSWERS, callerHeaders, locationBody } from './messages.mjs';
import { freePort, startServer } from './processes.mjs';
import { hasNginx, nginxCommand, proxyServer, upstreamServer } from './systems/nginx.mjs';

const script = (name) => [process.execPath, [fileURLToPath(new URL(`systems/${name}.mjs`, import.meta.url))]];

/** The platform that everything is forwarded to, beside the tested core. */
export async function startUpstream(folder) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const command = hasNginx ? nginxCommand('upstream', folder, upstreamServer(port)) : script('upstream');
  return { ...(await startServer({ command, url, env: { PORT: `${port}` } })), url };
}

/**
 * Starts every system.
 *
 * @returns the systems by key, and the upstream's own URL; the tokens open the hub and mean nothing to the others
 */
export async function startSystems({ folder, stores, parties }) {
  const upstream = await startUpstream(folder);
  const small = await makeDatabase(stores.url, 'hub_small');
  const tokens = await registerTwo(stores, small, upstream.url);
  const more = { name: 'hub_large', parties: parties - 2 };
  const large = await withMoreParties(stores.url, 'hub_small', more);
  const systems = {
    hub: { name: 'hub, 2 parties', ...(await startHub(stores, small)) },
    large: { name: `hub, ${parties.toLocaleString('en')} parties`, ...(await startHub(stores, large)) },
    fastify: { name: 'Fastify + undici', ...(await startScript('fastify-undici', upstream.url)) },
    replyFrom: { name: '@fastify/reply-from', ...(await startScript('reply-from', upstream.url)) },
    ...(hasNginx && {
      nginx: { name: 'nginx proxy_pass', ...(await startNginxProxy(folder, upstream.url)) },
    }),
  };
  return { systems, upstream, tokens };
}

async function startHub(stores, databaseUrl) {
  return startApp('router', hubEnvironment(databaseUrl, stores.redisUrl, await freePort()));
}

async function startScript(name, upstream) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const env = { PORT: `${port}`, UPSTREAM: upstream, NODE_ENV: 'production' };
  return { ...(await startServer({ command: onTestedCore(...script(name)), url, env })), url };
}

async function startNginxProxy(folder, upstream) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const command = onTestedCore(...nginxCommand('proxy', folder, proxyServer(port, upstream)));
  return { ...(await startServer({ command, url })), url };
}

/** The two requests, to whatever listens at `url`: the CPO puts a Location, the eMSP gets one. */
export function requestsTo(url, tokens) {
  const put = callerHeaders({ token: tokens[CPO], from: CPO, to: MSP });
  const get = callerHeaders({ token: tokens[MSP], from: MSP, to: CPO });
  const base = `${url}/ocpi/2.2.1`;
  return {
    PUT: {
      method: 'PUT',
      url: `${base}/receiver/locations/NL/CPO/LOC0001`,
      headers: put,
      body: locationBody(),
    },
    GET: { method: 'GET', url: `${base}/sender/locations/LOC0001`, headers: get },
  };
}

/** @throws when a system does not hand back exactly what the upstream answers */
export async function requireForwarding(request) {
  const { url, ...rest } = request;
  const answer = await fetch(url, rest);
  const text = await answer.text();
  if (answer.status === 200 && text === ANSWERS[request.method]) return;
  throw new Error(`${request.method} ${url}: HTTP ${answer.status} ${text.slice(0, 300)}`);
}
