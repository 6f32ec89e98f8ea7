import { createServer } from 'node:net';

/** Below 32768, where the system takes the ports of outgoing sockets from, and above the usual servers. */
const FIRST = 20_000;
const LAST = 31_999;
const TRIES = 50;

const handedOut = new Set<number>();

/** A port of 127.0.0.1 that nothing listens on now and that this test process has not given out before. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST));
    if (!handedOut.has(port) && (await isFree(port))) {
      handedOut.add(port);
      return port;
    }
  }
  throw new Error(`no free port between ${FIRST} and ${LAST}`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => probe.close(() => resolve(true)));
  });
}
