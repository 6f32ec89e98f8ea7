import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive, within } from './children';
import { where } from '../../../../test/support/backends';
import { findRedis, startRedis, type EmbeddedRedis } from './redis';
import { ask } from './redis-ask';

const PASSWORD = 'of-this-redis';
const program = findRedis();
const onRedis = where(program !== undefined).it;

let dataDir: string;
let running: EmbeddedRedis | undefined;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'embedded redis-'));
});

afterEach(async () => {
  await running?.stop();
  running = undefined;
  rmSync(dataDir, { recursive: true, force: true });
});

async function start(): Promise<EmbeddedRedis> {
  running = await startRedis(program ?? '', dataDir, PASSWORD);
  return running;
}

const portOf = (redis: EmbeddedRedis): number => Number(new URL(redis.url).port);

describe('embedded Redis', () => {
  onRedis('keeps what it was given over a stop and a start', async () => {
    const first = await start();
    expect(await ask(portOf(first), PASSWORD, 'SET kept yes')).toBe('+OK');
    await first.stop();
    expect(isAlive(first.pid)).toBe(false);
    expect(await ask(portOf(await start()), PASSWORD, 'GET kept')).toContain('yes');
  });

  onRedis('keeps what it acknowledged a second ago when it is killed', async () => {
    const first = await start();
    await ask(portOf(first), PASSWORD, 'SET kept yes');
    process.kill(first.pid, 'SIGKILL');
    await within(5_000, () => !isAlive(first.pid));
    expect(await ask(portOf(await start()), PASSWORD, 'GET kept')).toContain('yes');
  });

  onRedis('takes over the one that still runs', async () => {
    const first = await start();
    expect((await start()).pid).toBe(first.pid);
  });

  onRedis('evicts nothing and writes an append-only file, as a queue needs', async () => {
    const port = portOf(await start());
    expect(await ask(port, PASSWORD, 'CONFIG GET maxmemory-policy')).toContain('noeviction');
    expect(await ask(port, PASSWORD, 'CONFIG GET appendonly')).toContain('yes');
    expect(await ask(port, 'another', 'PING')).toBeUndefined();
  });

  it('is absent where no server is on the search path', () => {
    mkdirSync(join(dataDir, 'bin'));
    expect(findRedis(join(dataDir, 'bin'))).toBeUndefined();
    writeFileSync(join(dataDir, 'bin', 'valkey-server'), '#!/bin/sh\n', { mode: 0o755 });
    expect(findRedis(join(dataDir, 'bin'))).toBe(join(dataDir, 'bin', 'valkey-server'));
  });
});
