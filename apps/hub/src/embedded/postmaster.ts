import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { isAlive } from './children';

/** What a running PostgreSQL says of itself in its data folder. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  readonly ready: boolean;
}

/** Reads `postmaster.pid`; undefined when there is none, it is not complete yet or its process is gone. */
export function postmasterOf(cluster: string): Postmaster | undefined {
  const lines = linesOf(join(cluster, 'postmaster.pid'));
  const [pid, port] = [Number(lines[0]), Number(lines[3])];
  if (!pid || !port || !isAlive(pid)) return undefined;
  return { pid, port, ready: lines[7]?.trim() === 'ready' };
}

function linesOf(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n');
  } catch {
    return [];
  }
}

const PROBE_LIMIT_MS = 1_000;
/** SSLRequest: length 8, code 80877103. A PostgreSQL answers it with one byte, `S` or `N`, whoever asks. */
const SSL_REQUEST = Buffer.from('0000000804d2162f', 'hex');

/** Whether a PostgreSQL answers on this port of 127.0.0.1: a number in an old file may belong to anybody by now. */
export function answersAsPostgres(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: PROBE_LIMIT_MS });
    const done = (yes: boolean): void => {
      socket.destroy();
      resolve(yes);
    };
    socket.once('connect', () => socket.write(SSL_REQUEST));
    socket.once('data', (data) => done(/^[SN]/.test(data.toString('latin1'))));
    for (const event of ['timeout', 'error', 'close']) socket.once(event, () => done(false));
  });
}
