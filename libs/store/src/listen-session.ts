import { CONNECT_LIMITS } from './connection';
import { DatabaseClient } from './database-client';
import { CHANNEL } from './transaction';

/** One connection that listens, from its start until it breaks or is ended. */
export class ListenSession {
  private readonly client: DatabaseClient;
  private readonly changed = new Set<string>();
  private broken: Error | undefined;
  private wake: () => void = () => undefined;
  private breakOff: (error: Error) => void = () => undefined;
  /** Rejects when the connection breaks: what the driver was asked may then never be answered. */
  private readonly breaking = new Promise<never>((_, reject) => (this.breakOff = reject));

  /** @param answerMs how long the server may take to answer, in ms */
  constructor(databaseUrl: string, answerMs: number) {
    this.breaking.catch(() => undefined); // also when nobody waits at that moment
    this.client = new DatabaseClient({
      connectionString: databaseUrl,
      application_name: 'hub changes',
      ...CONNECT_LIMITS,
      query_timeout: answerMs,
    });
    this.client.on('notification', ({ payload }) => {
      if (payload !== undefined) this.changed.add(payload);
      this.wake();
    });
    this.client.on('error', (error) => this.fail(error));
    this.client.on('end', () => this.fail(new Error('connection closed')));
  }

  async listen(): Promise<void> {
    await Promise.race([this.client.connect(), this.breaking]);
    await Promise.race([this.client.query(`LISTEN ${CHANNEL}`), this.breaking]);
  }

  /**
   * Waits for changes, at most `heartbeatMs`; then makes sure that the channel is still there.
   *
   * @returns the payloads since the last call, each once
   * @throws when the channel is broken
   */
  async changes(heartbeatMs: number): Promise<readonly string[]> {
    if (this.changed.size === 0 && this.broken === undefined) await this.awoken(heartbeatMs);
    if (this.broken !== undefined) throw this.broken;
    if (this.changed.size === 0) await Promise.race([this.client.query('SELECT 1'), this.breaking]);
    const ids = [...this.changed];
    this.changed.clear();
    return ids;
  }

  /** Gives the connection up without waiting for the server: it may be gone. */
  end(): void {
    this.fail(new Error('no longer listening'));
    this.client.end().catch(() => undefined);
  }

  private awoken(limitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, limitMs);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private fail(error: Error): void {
    this.broken ??= error;
    this.breakOff(error);
    this.wake();
  }
}
