import { createHash } from 'node:crypto';
import { realpathSync, rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Holds a data folder for this process; resolves with what lets it go. Rejects when another hub holds it: two would
 * end each other's database. The lock is a listening local socket, which dies with its process even on kill -9; its
 * name is derived because the path of a socket may have about 100 characters only.
 */
export async function lockFolder(dataDir: string): Promise<() => Promise<void>> {
  const name = `ocpi-hub-${createHash('sha256').update(realpathSync(dataDir)).digest('hex').slice(0, 24)}`;
  const path = process.platform === 'win32' ? `\\\\.\\pipe\\${name}` : join(tmpdir(), `${name}.sock`);
  if (await isHeld(path))
    throw new Error(`another hub runs on the data folder ${dataDir}: end it, or set DATA_DIR`);
  rmSync(path, { force: true });
  const server = await listen(path);
  return () => new Promise((resolve) => server.close(() => resolve()));
}

function isHeld(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(path);
    probe.once('connect', () => resolve(true));
    probe.once('error', () => resolve(false));
    probe.once('connect', () => probe.destroy());
  });
}

function listen(path: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', reject);
    server.listen(path, () => resolve(server.unref()));
  });
}
