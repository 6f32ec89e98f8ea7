import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemEnvironment } from '@app/settings';

/** How a child is started. */
export interface ChildOptions {
  /** File that takes what the child prints; emptied first, so that it holds one run only. */
  readonly logFile: string;
  /** Signal that asks the child to end in order. */
  readonly stopSignal: NodeJS.Signals;
  /** Text for its standard input, e.g. a configuration with a password that must not show in `ps`. */
  readonly input?: string;
  /** Account under which it runs, where it must not be ours. */
  readonly account?: { readonly uid: number; readonly gid: number };
}

/** A server process that ends with this one. */
export interface Child {
  readonly pid: number;
  /** False once it has ended. */
  alive(): boolean;
  /** Resolves with its exit code; null after a signal. */
  readonly ended: Promise<number | null>;
}

const STOP_LIMIT_MS = 5_000;
const POLL_MS = 20;

/** Every child that runs, and the signal that ends it; signalled when this process exits for whatever reason. */
const running = new Map<number, NodeJS.Signals>();

function endAll(): void {
  for (const [pid, signal] of running) signalIfAlive(pid, signal);
}

/** Lets a process end with this one, as if we had started it. */
export function register(pid: number, stopSignal: NodeJS.Signals): void {
  if (!process.listeners('exit').includes(endAll)) process.on('exit', endAll);
  running.set(pid, stopSignal);
}

/**
 * Starts a child in a process group of its own: a Ctrl-C in the terminal must not end the database before the
 * requests in flight are answered. Rejects when the file cannot be executed.
 */
export async function startChild(
  command: string,
  args: readonly string[],
  options: ChildOptions,
): Promise<Child> {
  const log = openSync(options.logFile, 'w', 0o600);
  const child = spawn(command, args, {
    detached: true,
    windowsHide: true,
    stdio: [options.input === undefined ? 'ignore' : 'pipe', log, log],
    env: { ...systemEnvironment(), TZ: 'UTC', LC_ALL: 'C' },
    ...options.account,
  });
  closeSync(log);
  await spawned(child);
  return registered(child, options);
}

function spawned(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
}

function registered(child: ChildProcess, options: ChildOptions): Child {
  const pid = child.pid as number;
  register(pid, options.stopSignal);
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  void ended.then(() => running.delete(pid));
  child.stdin?.on('error', () => {}); // It ended before it read its input: `ended` tells.
  child.stdin?.end(options.input);
  return { pid, ended, alive: () => child.exitCode === null && child.signalCode === null };
}

/** Ends a process in order; by force after `STOP_LIMIT_MS`. Resolves when it is gone. */
export async function stop(pid: number, signal: NodeJS.Signals): Promise<void> {
  signalIfAlive(pid, signal);
  const gone = (): boolean => !isAlive(pid);
  if (!(await within(STOP_LIMIT_MS, gone))) signalIfAlive(pid, 'SIGKILL');
  await within(STOP_LIMIT_MS, gone);
  running.delete(pid);
}

/** Asks `holds` again and again until it is true (then true) or `limitMs` have passed (then false). */
export async function within(limitMs: number, holds: () => boolean | Promise<boolean>): Promise<boolean> {
  const end = performance.now() + limitMs;
  while (!(await holds())) {
    if (performance.now() > end) return false;
    await sleep(POLL_MS);
  }
  return true;
}

function signalIfAlive(pid: number, signal: NodeJS.Signals): void {
  if (isAlive(pid)) process.kill(pid, signal);
}

/** Whether a process runs. A zombie does not: the first process of a container may never collect orphans. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return stateOf(pid) !== 'Z';
}

/** Spec: proc(5), /proc/pid/stat: the state follows the name in brackets. Elsewhere than on Linux unknown. */
function stateOf(pid: number): string | undefined {
  try {
    return /\) (\w) /.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1];
  } catch {
    return undefined;
  }
}

/** The last lines of a child's log, for the message about its failed start; empty when there is no log. */
export function lastLines(logFile: string, count = 5): string {
  try {
    return readFileSync(logFile, 'utf8').trim().split('\n').slice(-count).join('\n');
  } catch {
    return '';
  }
}
