/** Load on one URL: by wrk where it is installed, else by a generator of our own in a process of its own. */
import { spawn, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const CONNECTIONS = 50;

const here = (file) => fileURLToPath(new URL(file, import.meta.url));
const hasWrk = spawnSync('wrk', ['-v']).error === undefined;

export const generator = hasWrk ? 'wrk' : 'a generator on node:http';

/**
 * Keeps `CONNECTIONS` connections busy with one request.
 *
 * @param {{ url: string, method: string, headers: Record<string, string>, body?: string }} request
 * @param {{ seconds: number, thinkMs?: number, folder: string }} how `thinkMs`: mean pause of a connection between
 *   an answer and its next request; without it there is none
 * @returns {Promise<{ requests: number, seconds: number, p50: number, p99: number }>} latencies in ms
 * @throws when any request failed: figures of a mixture say nothing
 */
export async function load(request, { seconds, thinkMs = 0, folder }) {
  const result = hasWrk
    ? await byWrk(request, { seconds, thinkMs, folder })
    : await byNode(request, { seconds, thinkMs });
  if (result.failed > 0) throw new Error(`${result.failed} requests to ${request.url} failed`);
  return result;
}

/**
 * Begins so many requests a second at random moments, on as many connections. A second of them goes before those that
 * count.
 *
 * @param {{ url: string, method: string, headers: Record<string, string>, body?: string }} request
 * @param {{ seconds: number, perSecond: number }} how
 * @returns as `load`; the latencies include the wait for a free connection
 * @throws when any request failed
 */
export async function openLoad(request, { seconds, perSecond }) {
  const task = JSON.stringify({ ...request, seconds, perSecond, connections: CONNECTIONS });
  const result = await lastLine(process.execPath, [here('systems/open-load.mjs')], { BENCH_TASK: task });
  if (result.failed > 0) throw new Error(`${result.failed} requests to ${request.url} failed`);
  return result;
}

/** Seconds of a trial, and how often it is repeated with what it taught. */
const TRIAL = { seconds: 2, times: 4 };

/**
 * The mean pause, in ms, after which the connections of `load` send again, so that together they send so many requests a
 * second.
 */
export async function pauseFor(request, perSecond, folder) {
  const wantedCycleMs = (CONNECTIONS * 1_000) / perSecond;
  let thinkMs = wantedCycleMs;
  for (let trial = 0; trial < TRIAL.times; trial++) {
    const { requests, seconds } = await load(request, { folder, seconds: TRIAL.seconds, thinkMs });
    const answerMs = (CONNECTIONS * 1_000 * seconds) / requests - thinkMs;
    thinkMs = Math.max(wantedCycleMs - answerMs, wantedCycleMs / 10);
  }
  return thinkMs;
}

function byWrk(request, { seconds, thinkMs, folder }) {
  const { origin, pathname } = new URL(request.url);
  const file = join(folder, 'request.lua');
  writeFileSync(file, luaTable({ ...request, path: pathname }));
  const args = [
    '--threads',
    '1',
    '--timeout',
    '20s',
    '--connections',
    `${CONNECTIONS}`,
    '--duration',
    `${seconds}s`,
  ];
  const env = { BENCH_REQUEST: file, BENCH_THINK_MS: `${thinkMs}` };
  return lastLine('wrk', [...args, '--script', here('load.lua'), origin], env);
}

function byNode(request, { seconds, thinkMs }) {
  const task = JSON.stringify({ ...request, seconds, thinkMs, connections: CONNECTIONS });
  return lastLine(process.execPath, [here('systems/generator.mjs')], { BENCH_TASK: task });
}

/** The JSON on the last line that a program prints. */
function lastLine(command, args, env) {
  const child = spawn(command, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (data) => (output += data));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(JSON.parse(output.trim().split('\n').at(-1)));
      else reject(new Error(`${command} ended with ${code}:\n${output}`));
    });
  });
}

/** JSON strings are Lua strings too, as long as they hold printable ASCII only. */
function luaTable({ method, path, headers, body }) {
  const fields = Object.entries(headers).map(
    ([name, value]) => `[${JSON.stringify(name)}]=${JSON.stringify(value)}`,
  );
  const end = body === undefined ? '' : `, body=${JSON.stringify(body)}`;
  return `return { method=${JSON.stringify(method)}, path=${JSON.stringify(path)}, headers={${fields.join(', ')}}${end} }\n`;
}
