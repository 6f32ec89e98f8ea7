/** A Redis that keeps nothing and always comes back on the same port. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { findRedis } from '../../apps/hub/src/embedded/redis';
import { freePort } from '../support/ports';
import { until } from '../support/waiting';

export class OwnRedis {
  private server: ChildProcess | undefined;
  private port = 0;

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** @throws Error when the machine has no Redis, or it does not listen in time */
  async start(): Promise<void> {
    const program = findRedis();
    if (!program) throw new Error('no redis-server or valkey-server found');
    this.port ||= await freePort();
    const settings = ['--bind', '127.0.0.1', '--port', String(this.port), '--save', '', '--appendonly', 'no'];
    this.server = spawn(program, [...settings, '--maxmemory-policy', 'noeviction'], { stdio: 'ignore' });
    await until(() => this.listens());
  }

  /** `kill -9`: everything in it is gone. */
  async kill(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (!server || server.exitCode !== null || server.signalCode !== null) return;
    server.kill('SIGKILL');
    await once(server, 'exit');
  }

  private listens(): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connect({ port: this.port, host: '127.0.0.1' });
      socket.once('connect', () => resolve(socket.end() !== undefined));
      socket.once('error', () => resolve(false));
    });
  }
}
