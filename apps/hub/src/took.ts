/** What the time of a start went into. */
export class Took {
  private readonly startedMs = performance.now();
  private readonly steps: string[] = [];

  /** Waits for a step and notes its time under a name. */
  async note<T>(name: string, step: Promise<T>): Promise<T> {
    const beganMs = performance.now();
    const result = await step;
    this.steps.push(`${name} ${secondsSince(beganMs)}`);
    return result;
  }

  /** `2.1 s (database and queue 0.9 s, migrations 0.2 s, apps 1.0 s)` */
  get text(): string {
    return `${secondsSince(this.startedMs)} (${this.steps.join(', ')})`;
  }
}

function secondsSince(ms: number): string {
  return `${((performance.now() - ms) / 1_000).toFixed(1)} s`;
}
