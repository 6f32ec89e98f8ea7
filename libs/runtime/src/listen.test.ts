import { once } from 'node:events';
import { createServer } from 'node:net';
import { listenAt, reasonOf } from '.';

const app = {
  listen: (port: number, host: string) => once(createServer().listen(port, host).unref(), 'listening'),
};
const PLACE = { portVariable: 'ADMIN_PORT', hostVariable: 'ADMIN_BIND_HOST' };

async function refusalOf(port: number, host: string): Promise<string> {
  return listenAt(app, { port, host, ...PLACE }).then(() => 'none', reasonOf);
}

test('a port that is taken is told with its setting', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as { port: number };
  expect(await refusalOf(port, '127.0.0.1')).toMatch(
    new RegExp(`^ADMIN_PORT=${port} is taken: something else listens there on 127.0.0.1: .*EADDRINUSE`),
  );
  taken.close();
});

test('an address that the machine does not have is told with its setting', async () => {
  expect(await refusalOf(0, '192.0.2.1')).toMatch(/^ADMIN_BIND_HOST=192.0.2.1 is no address of this machine/);
});

test('any free port is listened on', async () => {
  expect(await refusalOf(0, '127.0.0.1')).toBe('none');
});

test('what is no matter of the settings is told as it is', async () => {
  const broken = { listen: () => Promise.reject(new Error('no adapter')) };
  await expect(listenAt(broken, { port: 1, host: 'x', ...PLACE })).rejects.toThrow('no adapter');
});
