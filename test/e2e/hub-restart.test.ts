/** A hub in one process whose database ends, and one that starts again after `kill -9`. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startProcess, type TestProcess } from '../support/processes';
import { until as holds } from '../support/waiting';

/** A start with an initdb, on a busy machine. */
jest.setTimeout(120_000);
const SETTLE_LIMIT_MS = 60_000;

let dataDir: string;
const started: TestProcess[] = [];

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'hub-restart-'));
  chmodSync(dataDir, 0o755);
});

afterEach(async () => {
  for (const hub of started.splice(0)) await hub.kill();
  rmSync(dataDir, { recursive: true, force: true });
});

async function start(): Promise<TestProcess> {
  const hub = await startProcess('hub', { ADMIN_API_KEY: '', ENCRYPTION_KEY: '', DATA_DIR: dataDir });
  started.push(hub);
  await until(() => hub.output().includes('ready (Ctrl-C ends it)'));
  return hub;
}

const until = (wanted: () => boolean): Promise<void> => holds(wanted, SETTLE_LIMIT_MS);

describe('the hub in one process', () => {
  it('starts its database again that was killed, and goes on by itself', async () => {
    const hub = await start();
    const postmaster = (): string[] =>
      readFileSync(join(dataDir, 'pg', 'postmaster.pid'), 'utf8').split('\n');
    const [before, port] = [Number(postmaster()[0]), postmaster()[3]];
    process.kill(before, 'SIGKILL');
    await until(() => hub.output().includes('it runs again'));
    expect([Number(postmaster()[0]) === before, postmaster()[3]]).toEqual([false, port]);
    const isUp = async (): Promise<boolean> =>
      ((await (await fetch(`${hub.url}/health/ready`)).json()) as { status: string }).status === 'up';
    for (let asked = 0; asked < 100 && !(await isUp()); asked++) await sleep(200);
    expect(await isUp()).toBe(true);
    expect(await hub.kill()).toBe(0);
  });

  it('ends with 1, and says why, when its database cannot be started again', async () => {
    const hub = await start();
    const pid = Number(readFileSync(join(dataDir, 'pg', 'postmaster.pid'), 'utf8').split('\n')[0]);
    writeFileSync(join(dataDir, 'pg', 'postgresql.auto.conf'), 'no_such_setting = 1\n');
    process.kill(pid, 'SIGKILL');
    expect(await hub.ended).toBe(1);
    expect(hub.output()).toMatch(/hub cannot go on: PostgreSQL/);
  });

  it('is ready within 5 s after kill -9 on a folder that it ran on, and says what the time went into', async () => {
    await (await start()).kill('SIGKILL');
    const hub = await start();
    const [, seconds] =
      /Started in +([\d.]+) s \(database and queue [\d.]+ s, migrations [\d.]+ s, apps [\d.]+ s\)/.exec(
        hub.output(),
      ) ?? [];
    console.log(/Started in.*/.exec(hub.output())?.[0]);
    const share = Math.max(1, loadavg()[0]! / availableParallelism());
    expect(Number(seconds)).toBeLessThan(5 * share); // 5 s on an idle machine
  });
});
