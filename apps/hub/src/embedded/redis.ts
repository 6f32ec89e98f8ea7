import { accessSync, constants, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { systemEnvironment } from '@app/settings';
import { lastLines, register, startChild, stop, within } from './children';
import { freePort } from './free-port';
import { ask } from './redis-ask';

/** A Redis that runs for us. */
export interface EmbeddedRedis {
  readonly url: string;
  readonly pid: number;
  /** Name of the program that was found. */
  readonly program: string;
  /** Ends it in order; resolves when it is gone. */
  stop(): Promise<void>;
}

const PROGRAMS = ['valkey-server', 'redis-server'];
const FIRST_PORT = 16_379;
const START_LIMIT_MS = 30_000;
const STOP_SIGNAL = 'SIGTERM';

/** Full path of the Valkey or Redis server on `PATH`; undefined when the machine has none. */
export function findRedis(path = systemEnvironment().PATH): string | undefined {
  const folders = path.split(delimiter).filter(Boolean);
  const candidates = PROGRAMS.flatMap((program) => folders.map((folder) => join(folder, program)));
  return candidates.find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Starts `program` with its data in `redis` below `dataDir`, on a free port of 127.0.0.1, with an append-only file
 * written each second. One that still runs there since its hub was killed is taken over. Rejects with the end of its
 * log when it does not start.
 *
 * @param givenPort port that it must listen on, since others know its URL already
 */
export async function startRedis(
  program: string,
  dataDir: string,
  password: string,
  givenPort?: number,
): Promise<EmbeddedRedis> {
  const folder = resolve(dataDir, 'redis');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const left = await leftRunning(folder, password);
  const { pid, port } = left ?? (await start(program, folder, { password, givenPort }));
  register(pid, STOP_SIGNAL);
  const url = `redis://:${encodeURIComponent(password)}@127.0.0.1:${port}`;
  return { url, pid, program, stop: () => stop(pid, STOP_SIGNAL) };
}

/** The port is noted beside the data; whoever knows our password on it is the server that we once started. */
async function leftRunning(
  folder: string,
  password: string,
): Promise<{ pid: number; port: number } | undefined> {
  const port = notedPort(folder);
  if (port === undefined) return undefined;
  const info = await ask(port, password, 'INFO server');
  const pid = Number(/process_id:(\d+)/.exec(info ?? '')?.[1]);
  return pid > 0 ? { pid, port } : undefined;
}

function notedPort(folder: string): number | undefined {
  try {
    return Number(readFileSync(join(folder, 'port'), 'utf8')) || undefined;
  } catch {
    return undefined;
  }
}

async function start(
  program: string,
  folder: string,
  { password, givenPort }: { readonly password: string; readonly givenPort: number | undefined },
): Promise<{ pid: number; port: number }> {
  const port = givenPort ?? (await freePort(FIRST_PORT));
  const logFile = join(folder, 'redis.log');
  const input = configuration(port, folder, password);
  const server = await startChild(program, ['-'], { logFile, input, stopSignal: STOP_SIGNAL });
  const answers = async (): Promise<boolean> => (await ask(port, password, 'PING')) === '+PONG';
  const settled = await within(START_LIMIT_MS, async () => !server.alive() || (await answers()));
  if (!settled) await stop(server.pid, STOP_SIGNAL);
  if (!server.alive()) throw new Error(`${program} did not start:\n${lastLines(logFile)}`);
  writeFileSync(join(folder, 'port'), String(port));
  return { pid: server.pid, port };
}

/** Read from standard input, so that the password shows in no process list. BullMQ demands `noeviction`. */
function configuration(port: number, folder: string, password: string): string {
  const lines = [
    'bind 127.0.0.1',
    `port ${port}`,
    `dir ${JSON.stringify(folder)}`,
    `requirepass ${password}`,
    'appendonly yes',
    'appendfsync everysec',
    'save ""',
    'maxmemory-policy noeviction',
    'loglevel warning',
    'daemonize no',
  ];
  return `${lines.join('\n')}\n`;
}
