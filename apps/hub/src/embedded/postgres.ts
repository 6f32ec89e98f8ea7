import { chownSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { serverAccount, type Account } from './account';
import { lastLines, register, startChild, stop, within } from './children';
import { freePort } from './free-port';
import { answersAsPostgres, postmasterOf } from './postmaster';
import { clusterFolder, postgresBinaries } from './postgres-place';

/** Where an embedded PostgreSQL keeps its data, and how careful it is with it. */
export interface PostgresOptions {
  /** Existing folder; the database is in `pg` below it, its log in `postgres.log`. */
  readonly dataDir: string;
  /** Password of its superuser `hub`; must stay the same for one data folder. */
  readonly password: string;
  /** Port that it must listen on, since others know its URL already; absent: a free one. */
  readonly port?: number;
  /** False: nothing is flushed to disk. For tests only. */
  readonly durable?: boolean;
}

/** A PostgreSQL that runs for us. */
export interface EmbeddedPostgres {
  /** Connection URL of its superuser. */
  readonly url: string;
  readonly pid: number;
  readonly port: number;
  /** Ends it in order; resolves when it is gone. */
  stop(): Promise<void>;
}

const FIRST_PORT = 15_432;
const START_LIMIT_MS = 60_000;
const TAKEN_PORT_TRIES = 3;
/** Fast shutdown: sessions are cut off, data is written. */
const STOP_SIGNAL = 'SIGINT';

interface Place {
  readonly bin: string;
  readonly cluster: string;
  readonly logFile: string;
  readonly account: Account | undefined;
  readonly options: PostgresOptions;
}

/**
 * Starts the PostgreSQL that npm installed, with its data below `dataDir`, on a free port of 127.0.0.1. One that still
 * runs there since its hub was killed is taken over. Rejects with the end of its log when it does not start.
 */
export async function startPostgres(options: PostgresOptions): Promise<EmbeddedPostgres> {
  const account = serverAccount();
  const cluster = clusterFolder(options.dataDir, account);
  const left = await leftRunning(cluster);
  if (left) return handle(left.pid, left.port, options);
  const bin = join(postgresBinaries(account), 'bin');
  const place = { bin, cluster, account, options, logFile: join(options.dataDir, 'postgres.log') };
  if (!existsSync(join(cluster, 'PG_VERSION'))) await initialise(place);
  return start(place);
}

/** One that is just starting or stopping is waited for: afterwards it is either ready or gone. */
async function leftRunning(cluster: string): Promise<{ pid: number; port: number } | undefined> {
  const settled = await within(START_LIMIT_MS, () => postmasterOf(cluster)?.ready !== false);
  const found = postmasterOf(cluster);
  if (!settled)
    throw new Error(`the PostgreSQL that runs in ${cluster} (pid ${found?.pid}) does not become ready`);
  return found && (await answersAsPostgres(found.port)) ? found : undefined;
}

function handle(pid: number, port: number, { password }: PostgresOptions): EmbeddedPostgres {
  register(pid, STOP_SIGNAL);
  const url = `postgres://hub:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres`;
  return { url, pid, port, stop: () => stop(pid, STOP_SIGNAL) };
}

/** Makes the database in a folder beside its place: an initdb that was interrupted leaves nothing half made there. */
async function initialise(place: Place): Promise<void> {
  const { cluster, account, options } = place;
  const unfinished = `${cluster}.new`;
  const passwordFile = join(dirname(cluster), 'pg-password');
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { mode: 0o700 });
  writeFileSync(passwordFile, options.password, { mode: 0o600 });
  if (account) for (const path of [unfinished, passwordFile]) chownSync(path, account.uid, account.gid);
  try {
    await runInitdb(place, unfinished, passwordFile);
  } finally {
    rmSync(passwordFile, { force: true });
  }
  renameSync(unfinished, cluster);
}

async function runInitdb(
  { bin, account, logFile, options }: Place,
  folder: string,
  pwfile: string,
): Promise<void> {
  const args = ['-D', folder, '-U', 'hub', `--pwfile=${pwfile}`, '--auth=scram-sha-256'];
  args.push('--encoding=UTF8', '--locale=C', '--no-instructions');
  if (options.durable === false) args.push('-N');
  const initdb = await startChild(join(bin, 'initdb'), args, { logFile, account, stopSignal: 'SIGTERM' });
  const code = await initdb.ended;
  if (code !== 0) throw new Error(`PostgreSQL's initdb failed (exit ${code}):\n${lastLines(logFile)}`);
}

/** Between the look for a free port and its use somebody else may take it: then the next one is tried. */
async function start(place: Place): Promise<EmbeddedPostgres> {
  let first = FIRST_PORT;
  for (let tries = TAKEN_PORT_TRIES; tries > 0; tries -= 1) {
    const port = place.options.port ?? (await freePort(first));
    const pid = await startOn(place, port);
    if (pid !== undefined) return handle(pid, port, place.options);
    first = port + 1;
  }
  throw new Error(`PostgreSQL did not start:\n${lastLines(place.logFile)}`);
}

/** The pid once it is ready; undefined when it ended instead. */
async function startOn(
  { bin, cluster, account, logFile, options }: Place,
  port: number,
): Promise<number | undefined> {
  const args = serverArguments(cluster, port, options.durable !== false);
  const server = await startChild(join(bin, 'postgres'), args, { logFile, account, stopSignal: STOP_SIGNAL });
  const settled = await within(START_LIMIT_MS, () => !server.alive() || isReady(cluster, server.pid));
  if (!settled) await stop(server.pid, STOP_SIGNAL);
  return server.alive() ? server.pid : undefined;
}

function isReady(cluster: string, pid: number): boolean {
  const postmaster = postmasterOf(cluster);
  return postmaster?.pid === pid && postmaster.ready;
}

function serverArguments(cluster: string, port: number, durable: boolean): string[] {
  const settings = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'log_min_messages=warning',
    'log_checkpoints=off',
    ...(durable ? [] : ['fsync=off', 'full_page_writes=off', 'max_connections=300']),
  ];
  return ['-D', cluster, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])];
}
