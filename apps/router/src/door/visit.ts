/** One request from its admission until its answer has left. */
import { type Account, HubError, type Rooms } from '@app/hub';
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type Connection } from './connections';

export class Visit {
  private over = false;
  private timer: NodeJS.Timeout | undefined;

  /**
   * @param bytes of its body, which are taken now
   * @throws HubError `too_many_in_flight`, `hub_full`
   */
  constructor(
    private readonly account: Account,
    private readonly rooms: Rooms,
    private readonly connection: Connection,
    private bytes: number,
  ) {
    account.enter(rooms, bytes);
    connection.underWay += 1;
  }

  /** Ends with the answer; one that the caller does not take within `limitMs` ends with the connection. */
  follow(response: ServerResponse, limitMs: number): void {
    response.on('prefinish', () => {
      this.awaitTaken(response, limitMs);
    });
    response.on('close', () => {
      this.leave();
    });
  }

  /**
   * Takes bytes for a body of unknown length as they come. Whoever reads the body must start in the same tick, since
   * from here on it flows.
   *
   * @param onFull called once, when there is no room for what came
   */
  measure(request: IncomingMessage, onFull: (error: HubError) => void): void {
    const more = (chunk: Buffer): void => {
      if (this.over || this.hold(chunk.length)) return;
      request.off('data', more);
      onFull(new HubError('hub_full', undefined, { retryAfterSeconds: 1 }));
    };
    request.on('data', more);
  }

  leave(): void {
    if (this.over) return;
    this.over = true;
    this.connection.underWay -= 1;
    this.account.leave(this.rooms, this.bytes);
    clearTimeout(this.timer);
  }

  /** Most answers are with the system before this is called: only a slow reader costs a timer. */
  private awaitTaken({ socket }: ServerResponse, limitMs: number): void {
    if (!socket || socket.writableLength === 0 || this.over) return;
    if (!this.hold(socket.writableLength)) socket.destroy();
    else this.timer = setTimeout(() => socket.destroy(), limitMs);
  }

  private hold(bytes: number): boolean {
    if (!this.rooms.bytes.take(this.account.bytes, bytes)) return false;
    this.bytes += bytes;
    return true;
  }
}
