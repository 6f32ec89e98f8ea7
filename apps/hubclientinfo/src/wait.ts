/** A wait that somebody else may end. An end that comes while nobody waits ends the next wait. */
export class Wait {
  private ended = false;
  private onEnd: () => void = () => undefined;

  end(): void {
    this.ended = true;
    this.onEnd();
  }

  /** Waits until `end`, the signal or the limit in ms, whichever is first. */
  async atMost(limitMs: number, signal: AbortSignal): Promise<void> {
    if (!this.ended && !signal.aborted) await this.untilEnd(limitMs, signal);
    this.ended = false;
  }

  private untilEnd(limitMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, limitMs);
      signal.addEventListener('abort', done, { once: true });
      this.onEnd = done;
    });
  }
}
