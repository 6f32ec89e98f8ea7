import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { migrate } from '@app/store';
import { where } from '../../../../test/support/backends';
import { isAlive, within } from './children';
import { answersAsPostgres } from './postmaster';
import { startPostgres, type EmbeddedPostgres } from './postgres';
import { restoreLinks } from './postgres-place';

const PASSWORD = 'p@ss/word of ours';
const DIST = join(__dirname, '..', '..', '..', '..', 'dist', 'apps', 'hub', 'src', 'embedded', 'postgres.js');

let dataDir: string;
let running: EmbeddedPostgres | undefined;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'embedded-postgres-'));
  chmodSync(dataDir, 0o755);
});

afterEach(async () => {
  await running?.stop();
  running = undefined;
  rmSync(dataDir, { recursive: true, force: true });
});

async function start(): Promise<EmbeddedPostgres> {
  running = await startPostgres({ dataDir, password: PASSWORD, durable: false });
  return running;
}

/** Starts one from a process of its own, and kills that process so that nothing is tidied up. */
async function startAndKillParent(): Promise<void> {
  const options = JSON.stringify({ dataDir, password: PASSWORD, durable: false });
  const script = `require(${JSON.stringify(DIST)}).startPostgres(${options}).then(() => { console.log('up'); setInterval(() => {}, 1000); });`;
  const parent = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise((resolve) => parent.stdout.once('data', resolve));
  const ended = new Promise((resolve) => parent.once('exit', resolve));
  parent.kill('SIGKILL');
  await ended;
}

describe('embedded PostgreSQL', () => {
  it('starts in an empty folder and keeps its data for the second start', async () => {
    const first = await start();
    expect(await migrate(first.url)).not.toEqual([]);
    await first.stop();
    expect(isAlive(first.pid)).toBe(false);
    const second = await start();
    expect(second.pid).not.toBe(first.pid);
    expect(await migrate(second.url)).toEqual([]);
  });

  it('lets nobody in without the password', async () => {
    const { port } = await start();
    await expect(migrate(`postgres://hub:wrong@127.0.0.1:${port}/postgres`)).rejects.toMatchObject({
      cause: { message: expect.stringContaining('password') },
    });
  });

  it('takes over the one that still runs when the hub before was killed', async () => {
    await startAndKillParent();
    const left = Number(readFileSync(join(dataDir, 'pg', 'postmaster.pid'), 'utf8').split('\n')[0]);
    expect(isAlive(left)).toBe(true);
    const taken = await start();
    expect(taken.pid).toBe(left);
    expect(await migrate(taken.url)).not.toEqual([]);
    await taken.stop();
    expect(isAlive(left)).toBe(false);
  });

  it('recovers when PostgreSQL itself was killed', async () => {
    const first = await start();
    await migrate(first.url);
    process.kill(first.pid, 'SIGKILL');
    await within(5_000, () => !isAlive(first.pid));
    expect(existsSync(join(dataDir, 'pg', 'postmaster.pid'))).toBe(true);
    expect(await migrate((await start()).url)).toEqual([]);
  });

  it('starts beside an initdb that was interrupted', async () => {
    mkdirSync(join(dataDir, 'pg.new'));
    writeFileSync(join(dataDir, 'pg.new', 'half'), '');
    expect(await answersAsPostgres((await start()).port)).toBe(true);
    expect(existsSync(join(dataDir, 'pg.new'))).toBe(false);
  });

  it('says what PostgreSQL said when it does not start', async () => {
    await (await start()).stop();
    writeFileSync(join(dataDir, 'pg', 'postgresql.auto.conf'), 'no_such_setting = 1\n');
    await expect(start()).rejects.toThrow(/no_such_setting/);
  });

  it('makes the links again that an installation without scripts leaves out', () => {
    mkdirSync(join(dataDir, 'native', 'lib'), { recursive: true });
    writeFileSync(join(dataDir, 'native', 'lib', 'libicuuc.so.60.2'), 'library');
    const link = { source: 'native/lib/libicuuc.so.60.2', target: 'native/lib/libicuuc.so.60' };
    writeFileSync(join(dataDir, 'native', 'pg-symlinks.json'), JSON.stringify([link]));
    restoreLinks(dataDir);
    restoreLinks(dataDir);
    expect(lstatSync(join(dataDir, link.target)).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(dataDir, link.target), 'utf8')).toBe('library');
  });

  const asRoot = where(process.getuid?.() === 0).it;
  asRoot('runs as somebody else when we are root, also below a folder that only root may enter', async () => {
    chmodSync(dataDir, 0o700);
    const { pid, url } = await start();
    expect(statSync(`/proc/${pid}`).uid).not.toBe(0);
    expect(await migrate(url)).not.toEqual([]);
    await running?.stop();
    expect(await migrate((await start()).url)).toEqual([]);
    await running?.stop();
    const moved = realpathSync(join(dataDir, 'pg'));
    rmSync(join(dataDir, 'pg')); // the link to where the database really is
    expect(await migrate((await start()).url)).not.toEqual([]);
    await running?.stop();
    rmSync(dirname(moved), { recursive: true });
  });
});
