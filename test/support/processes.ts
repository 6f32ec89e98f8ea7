/** Real processes of the built hub, for tests that kill, restart and signal them. */
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './ports';

/** The app, and the variable that names the port on which its health pages are. */
const PORT_VARIABLES = {
  router: 'OCPI_PORT',
  admin: 'ADMIN_PORT',
  delivery: 'DELIVERY_PORT',
  hubclientinfo: 'HUBCLIENTINFO_PORT',
  hub: 'OCPI_PORT',
} as const;

export type AppName = keyof typeof PORT_VARIABLES;

/** A process under test. */
export interface TestProcess {
  readonly pid: number;
  /** Where its health pages are, e.g. `http://127.0.0.1:20123`. */
  readonly url: string;
  /** Everything that it wrote so far, stdout and stderr. */
  output(): string;
  /** Resolves when it has ended: with its exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
  /** Signals it and waits for its end; by default in order (SIGTERM). */
  kill(signal?: NodeJS.Signals): Promise<number | NodeJS.Signals>;
}

const READY_LIMIT_MS = 30_000;
const POLL_MS = 50;
const root = join(__dirname, '..', '..');

/** Keys that every process of one test run shares; nothing outside the run knows or needs them. */
export const TEST_KEYS = { ADMIN_API_KEY: 'admin-key-of-the-tests', ENCRYPTION_KEY: 'ab'.repeat(32) };

/**
 * Starts an app of `dist` and waits until `/health/ready` answers 200. Ports that `env` leaves out are free ones.
 * Rejects, with all output, when it ends or does not become ready within 30 s.
 */
export async function startProcess(app: AppName, env: Record<string, string>): Promise<TestProcess> {
  const started = await launchProcess(app, env);
  const isReady = await becomesReady(started);
  if (!isReady) {
    await started.kill('SIGKILL');
    throw new Error(`${app} did not become ready:\n${started.output()}`);
  }
  return started;
}

/** Starts an app of `dist` and does not wait: for tests of a start that fails or is interrupted. */
export async function launchProcess(app: AppName, env: Record<string, string>): Promise<TestProcess> {
  const complete: Record<string, string> = {
    ...TEST_KEYS,
    LOG_LEVEL: 'info',
    METRICS_ON_OCPI_PORT: 'true',
    ...(await freePorts()),
    ...env,
  };
  const entry = join(root, 'dist', 'apps', app, 'src', 'main.js');
  const child = spawn(process.execPath, [entry], {
    cwd: root,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...complete },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return watchProcess(child, `http://127.0.0.1:${complete[PORT_VARIABLES[app]]}`);
}

async function freePorts(): Promise<Record<string, string>> {
  const ports: Record<string, string> = {};
  for (const variable of Object.values(PORT_VARIABLES)) ports[variable] ??= String(await freePort());
  return ports;
}

/** A child process with its output and its end; for those that are started in a way of their own. */
export function watchProcess(child: ChildProcess, url: string): TestProcess {
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (data: Buffer) => (output += data.toString()));
  const ended = new Promise<number | NodeJS.Signals>((resolve) => {
    child.once('close', (code, signal) => resolve(code ?? signal ?? -1));
  });
  const kill = (signal: NodeJS.Signals = 'SIGTERM'): Promise<number | NodeJS.Signals> => {
    child.kill(signal);
    return ended;
  };
  return { pid: child.pid ?? -1, url, output: () => output, ended, kill };
}

async function becomesReady({ url, ended }: TestProcess): Promise<boolean> {
  let isOver = false;
  void ended.then(() => (isOver = true));
  const end = performance.now() + READY_LIMIT_MS;
  while (!isOver && performance.now() < end) {
    if (await answersReady(url)) return true;
    await sleep(POLL_MS);
  }
  return false;
}

async function answersReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(1_000) });
    return response.status === 200;
  } catch {
    return false;
  }
}
