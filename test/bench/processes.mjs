/** Child processes of the benchmark: started, awaited, measured, ended. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const READY_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 10_000;
const POLL_MS = 50;
/** Spec: proc(5), utime and stime are in clock ticks; Linux shows user space 100 of them a second everywhere. */
const MICROSECONDS_PER_TICK = 10_000;

const running = new Set();
process.on('exit', () => {
  // In order: nginx's worker outlives a master that is killed.
  for (const child of running) child.kill('SIGTERM');
});

/**
 * Starts a process and waits until `url` answers with anything at all.
 *
 * @param {{ command: [string, string[]], url: string, env?: Record<string, string>, method?: string }} how
 */
export async function startServer({ command: [file, args], url, env, method = 'GET' }) {
  const child = spawn(file, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => (output = (output + data).slice(-4_000)));
  }
  const ended = new Promise((resolve) => child.once('close', resolve));
  void ended.then(() => running.delete(child));
  const end = performance.now() + READY_LIMIT_MS;
  while (!(await answers(url, method))) {
    if (child.exitCode !== null || performance.now() > end) {
      throw new Error(`${file} ${args.join(' ')} did not become ready:\n${output}`);
    }
    await sleep(POLL_MS);
  }
  return { pid: child.pid, stop: () => stop(child, ended) };
}

async function answers(url, method) {
  try {
    const answer = await fetch(url, { method, signal: AbortSignal.timeout(5_000) });
    await answer.arrayBuffer();
    return true;
  } catch {
    return false;
  }
}

async function stop(child, ended) {
  child.kill('SIGTERM');
  const limit = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
  await ended;
  clearTimeout(limit);
}

/** CPU time that a process and its living children have used so far, in µs. */
export function cpuMicroseconds(pid) {
  const own = statOf(pid);
  const ticks = Number(own[11]) + Number(own[12]);
  return childrenOf(pid).reduce((sum, child) => sum + cpuMicroseconds(child), ticks * MICROSECONDS_PER_TICK);
}

/** Memory of a process and its living children, in MiB. Spec: proc(5), VmRSS. */
export function residentMebibytes(pid) {
  const own = Number(/^VmRSS:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;
  return childrenOf(pid).reduce((sum, child) => sum + residentMebibytes(child), own);
}

/** Fields of /proc/pid/stat from the state on: the name before it may hold blanks. */
function statOf(pid) {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}

function childrenOf(pid) {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
}

/** A port of 127.0.0.1 that nothing listens on. Below the range of outgoing sockets, which would collide. */
export async function freePort() {
  for (let port = 21_000 + Math.floor(Math.random() * 9_000); ; port++) if (await isFree(port)) return port;
}

function isFree(port) {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => probe.close(() => resolve(true)));
  });
}
