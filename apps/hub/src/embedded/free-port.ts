import { createServer } from 'node:net';

/** How many ports from the first on are tried. Both ranges in use end below 32768, where outgoing sockets begin. */
const RANGE = 200;

/** The first port of 127.0.0.1 from `first` on that nothing listens on. Rejects when 200 in a row are taken. */
export async function freePort(first: number): Promise<number> {
  for (let port = first; port < first + RANGE; port += 1) {
    if (await isFree(port)) return port;
  }
  throw new Error(`no free port from ${first} to ${first + RANGE - 1} on 127.0.0.1`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => probe.close(() => resolve(true)));
  });
}
