import { createServer } from 'node:net';

interface Range {
  readonly first: number;
  readonly last: number;
}

/** Below 32768, where the system takes the ports of outgoing sockets from, and above the usual servers. */
const USUAL: Range = { first: 20_000, last: 31_999 };
/** Above those ports: the platforms of other tests are not here, so that nobody still looks for one that has gone. */
const LONELY: Range = { first: 61_000, last: 65_500 };
const TRIES = 50;

const handedOut = new Set<number>();

/** A port of 127.0.0.1 that nothing listens on now and that this test process has not given out before. */
export function freePort(): Promise<number> {
  return freePortOf(USUAL);
}

/** The same for one at which a test counts who comes: the hubs of other tests, which go on in parallel, must not. */
export function lonelyPort(): Promise<number> {
  return freePortOf(LONELY);
}

async function freePortOf({ first, last }: Range): Promise<number> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const port = first + Math.floor(Math.random() * (last - first));
    if (!handedOut.has(port) && (await isFree(port))) {
      handedOut.add(port);
      return port;
    }
  }
  throw new Error(`no free port between ${first} and ${last}`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => probe.close(() => resolve(true)));
  });
}
