/**
 * Messages go in step: what many of them need done next is done for one after the other, and only then what comes
 * after it. The processor then has the code of that step at hand, and a peer wakes up once for many messages.
 * Message by message the whole way would be fetched anew for each, which takes about a third more of its time
 * (`npm run bench`).
 */

type Work = () => void;

/** Has `work` done at the end of this turn of the event loop, with all that was put off in it. It must not throw. */
export const atEndOfTurn = together((run) => setImmediate(run));

/** Has `work` done when everything that may run at once has run, with all that was put off by it. It must not throw. */
export const onceAllCame = together(queueMicrotask);

/** Resolves at the end of this turn of the event loop, for all who wait for it. */
export function endOfTurn(): Promise<void> {
  return new Promise(atEndOfTurn);
}

function together(putOff: (run: Work) => void): (work: Work) => void {
  let waiting: Work[] = [];
  const run = (): void => {
    const now = waiting;
    waiting = [];
    for (const work of now) work();
  };
  return (work) => {
    if (waiting.push(work) === 1) putOff(run);
  };
}
