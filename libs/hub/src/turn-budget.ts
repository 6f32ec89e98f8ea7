/**
 * What is read of bodies in one turn of the event loop. A step that reads megabytes, or thousands of objects, lets the
 * messages of others go on in between: no message may hold the loop for more than 50 ms.
 */

/** Bytes that are read at once, where a step can be split: 1 ms for each question to them. */
const BYTES_A_TURN = 256 * 1024;
/** What an object costs besides its bytes, in bytes: its name is hashed, and it is asked for half a dozen members. */
const BYTES_AN_OBJECT = 256;

/** Whether what comes after reading such a body should be done in another turn of the event loop. */
export function isLarge(body: Uint8Array | null | undefined, contentEncoding?: unknown): boolean {
  if (!body) return false;
  return body.length > BYTES_A_TURN || contentEncoding !== undefined;
}

/** Resolves in the next turn of the event loop, after what came in meanwhile. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Counts what is read of many objects, one after the other. */
export class TurnBudget {
  private bytes = 0;

  /** @returns what to wait for before the next object is read; `undefined`: nothing */
  spend(object: Uint8Array): Promise<void> | undefined {
    this.bytes += object.length + BYTES_AN_OBJECT;
    if (this.bytes < BYTES_A_TURN) return undefined;
    this.bytes = 0;
    return nextTurn();
  }
}
