/**
 * Makes a clone runnable: installs the dependencies and builds, each only when needed. Plain JavaScript on Node's own
 * modules alone, since it runs before anything is installed.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

const STAMP = join(root, 'dist', '.built-from');
const SOURCES = ['apps', 'libs', 'migrations', 'test/demo'];
const CONFIGURATION = [
  'package.json',
  'package-lock.json',
  'nest-cli.json',
  'tsconfig.json',
  'tsconfig.build.json',
];

/** Runs `npm ci` when there is no `node_modules` or the lock file is newer than what is installed. */
export function installWhenNeeded() {
  const installed = modified(join(root, 'node_modules', '.package-lock.json'));
  if (installed >= modified(join(root, 'package-lock.json'))) return;
  console.log('installing dependencies (npm ci)');
  const npm = process.env.npm_execpath;
  const arguments_ = ['ci', '--no-audit', '--no-fund'];
  if (npm) run(process.execPath, [npm, ...arguments_]);
  else run(process.platform === 'win32' ? 'npm.cmd' : 'npm', arguments_);
}

/** Runs `nest build` when `dist` is missing or was built from other sources than those that are there now. */
export function buildWhenStale() {
  const now = fingerprint();
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === now) return;
  console.log('building (nest build)');
  run(process.execPath, [join(root, 'node_modules', '@nestjs', 'cli', 'bin', 'nest.js'), 'build']);
  writeFileSync(STAMP, now);
}

function run(command, arguments_) {
  const { status, error } = spawnSync(command, arguments_, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

/** Names, sizes and times of all sources: a removed file and one with an older time are noticed as well. */
function fingerprint() {
  const hash = createHash('sha256');
  const files = [...CONFIGURATION, ...SOURCES.flatMap(filesBelow)].sort();
  for (const file of files) {
    const { size, mtimeMs } = statSync(join(root, file));
    hash.update(`${file}\0${size}\0${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

function filesBelow(folder) {
  if (!existsSync(join(root, folder))) return [];
  const entries = readdirSync(join(root, folder), { recursive: true, withFileTypes: true });
  const sources = entries.filter(
    (entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts'),
  );
  return sources.map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
}

function modified(file) {
  return existsSync(file) ? statSync(file).mtimeMs : -1;
}
