import { setImmediate as soon } from 'node:timers/promises';
import { type Turns } from '@app/hub';

export interface TurnsBench {
  /** Two that are as far apart as can be: in two processes. */
  readonly turns: readonly [Turns, Turns];
  end(): Promise<void>;
}

/** What holds for the port `Turns`. */
export function turnsBehaviour(name: string, open: () => Promise<TurnsBench>): void {
  describe(`turns: ${name}`, () => {
    let bench: TurnsBench;
    beforeAll(async () => {
      bench = await open();
    });
    afterAll(() => bench.end());

    test('work of one name is done one after the other, wherever it is asked for', async () => {
      let running = 0;
      let most = 0;
      const work = async (): Promise<void> => {
        most = Math.max(most, ++running);
        for (let round = 0; round < 20; round++) await soon();
        running--;
      };
      await Promise.all([0, 1, 0, 1, 0, 1].map((at) => bench.turns[at]!.inTurn('one', work)));
      expect([most, running]).toEqual([1, 0]);
    });

    test('what the work answers or throws comes out, and after a failure it is the next one’s turn', async () => {
      const [turns] = bench.turns;
      const failing = turns.inTurn('one', () => Promise.reject(new Error('of the work')));
      const next = turns.inTurn('one', async () => 7);
      await expect(failing).rejects.toThrow('of the work');
      expect(await next).toBe(7);
    });
  });
}
