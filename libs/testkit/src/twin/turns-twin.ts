import { type Turns } from '@app/hub';

/** Turns within one process, whatever their names. */
export class TurnsTwin implements Turns {
  private last: Promise<unknown> = Promise.resolve();

  inTurn<T>(_name: string, work: (stillMine: () => Promise<void>) => Promise<T>): Promise<T> {
    const mine = this.last.then(() => work(() => Promise.resolve()));
    this.last = mine.catch(() => undefined);
    return mine;
  }
}
