import { type CallAnswer } from '../../libs/testkit/src/ocpi-call';

/** A message of the demo as its line names it. */
export interface Line {
  /** `NL*VLT`, or `hub`. */
  readonly from: string;
  readonly to: string;
  readonly module: string;
  readonly method: string;
  /** What it means to the driver. */
  readonly meaning: string;
}

/** Prints every message as one line when its answer is there. */
export class Journal {
  private failed = 0;

  /** Sends a message and prints its line: who, to whom, module, method, OCPI status, ms. */
  async message(line: Line, send: () => Promise<CallAnswer>): Promise<CallAnswer> {
    const before = performance.now();
    const answer = await send();
    this.print(line, answer.json().status_code, performance.now() - before);
    return answer;
  }

  /** A line for what the receiver saw: a message that the hub carried on later. */
  print({ from, to, module, method, meaning }: Line, status: number, ms: number): void {
    if (status !== 1000) this.failed += 1;
    const route = `${from.padEnd(6)} → ${to.padEnd(6)}`;
    const what = `${module.padEnd(12)} ${method.padEnd(5)}`;
    process.stdout.write(`  ${route}  ${what}  ${status}  ${ms.toFixed(1).padStart(6)} ms  ${meaning}\n`);
  }

  get allWentWell(): boolean {
    return this.failed === 0;
  }
}
