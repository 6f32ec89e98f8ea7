/** Somebody who asks all the while, whatever others do to the hub. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type CallAnswer } from '@app/testkit';
import { statusOf } from './limits';

const PAUSE_MS = 50;

export class Bystander {
  private isOver = false;
  private readonly statuses: number[] = [];
  private readonly asking: Promise<void>;

  constructor(private readonly ask: () => Promise<CallAnswer>) {
    this.asking = this.goOn();
  }

  /** Stops asking. @throws when it was not answered, or once not with success */
  async end(): Promise<void> {
    this.isOver = true;
    await this.asking;
    expect(this.statuses.length).toBeGreaterThan(0);
    expect(this.statuses.filter((status) => status !== 1000)).toEqual([]);
  }

  private async goOn(): Promise<void> {
    while (!this.isOver) {
      this.statuses.push(statusOf(await this.ask()));
      await sleep(PAUSE_MS);
    }
  }
}
