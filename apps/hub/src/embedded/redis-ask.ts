import { connect } from 'node:net';

const ASK_LIMIT_MS = 1_000;

/**
 * Sends one inline command to the Redis on this port of 127.0.0.1 and returns the raw reply without the line
 * break at its end; undefined when nobody answers, the password is refused or the answer takes over a second.
 */
export function ask(port: number, password: string, command: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: ASK_LIMIT_MS });
    let reply = '';
    socket.on('connect', () => socket.write(`AUTH ${password}\r\n${command}\r\nQUIT\r\n`));
    socket.on('data', (data) => (reply += data.toString('utf8')));
    socket.on('timeout', () => socket.destroy());
    socket.on('error', () => socket.destroy());
    socket.on('close', () => resolve(/^\+OK\r\n([^]*?)\r\n\+OK\r\n$/.exec(reply)?.[1]));
  });
}
