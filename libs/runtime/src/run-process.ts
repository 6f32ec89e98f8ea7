/** A started app: where it listens, and how it is ended. */
export interface RunningApp {
  readonly name: string;
  /** Base URL of what it listens on. */
  readonly url: string;
  /** The longest that a request in flight may take to be answered, in ms, when that is long. */
  readonly answersWithinMs?: number;
  /** Resolves, with the reason, when it cannot go on: the process ends with 1. */
  readonly lost?: Promise<Error>;
  /** Drains: answers the requests in flight, then closes everything that it opened. */
  close(): Promise<void>;
}

/** Longest wait at shutdown, in ms, unless requests in flight may take longer. Docker kills after 10 s by default. */
const DRAIN_LIMIT_MS = 9_500;
/** For what there is to close when the last request is answered, in ms. */
const CLOSING_MS = 3_000;

/**
 * One Ctrl-C reaches a process that npm started twice: from the terminal, which signals the whole process group, and
 * from npm, which passes its own signal on. What follows the first signal within this time is the same request.
 */
export const SAME_REQUEST_MS = 1_000;

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs an app as the whole of this process. A start that fails prints one message on stderr and exits with 1. SIGINT,
 * SIGTERM and SIGHUP close the app once, also when they come during the start, and exit with 0; with 1 when closing fails
 * or takes longer than `DRAIN_LIMIT_MS` and than its requests may take. A second signal exits at once with 1, and so does
 * an app that cannot go on.
 */
export function runProcess(name: string, start: () => Promise<RunningApp>): void {
  const starting = Promise.resolve().then(start);
  starting.catch((error: unknown) => fail(`${name} could not start: ${reasonOf(error)}`));
  void starting.then(
    ({ lost }) => lost?.then((reason) => giveUp(name, reason)),
    () => undefined,
  );
  let firstSignalAt: number | undefined;
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      if (firstSignalAt === undefined) {
        firstSignalAt = performance.now();
        void shutDown(name, starting);
      } else if (performance.now() - firstSignalAt > SAME_REQUEST_MS) {
        fail(`${name} stopped at once on a second ${signal}: requests in flight were cut off`);
      }
    });
  }
}

async function shutDown(name: string, starting: Promise<RunningApp>): Promise<void> {
  const starts = giveUpAfter(DRAIN_LIMIT_MS, name);
  try {
    const app = await starting;
    clearTimeout(starts);
    giveUpAfter(Math.max(DRAIN_LIMIT_MS, (app.answersWithinMs ?? 0) + CLOSING_MS), name);
    await app.close();
  } catch (error) {
    fail(`${name} could not close: ${reasonOf(error)}`);
  }
  process.exit(0);
}

/** Children are signalled as the process exits. Nothing is waited for: what is missing is what closing needs. */
function giveUp(name: string, reason: Error): never {
  fail(`${name} cannot go on: ${reasonOf(reason)}`);
}

function giveUpAfter(ms: number, name: string): NodeJS.Timeout {
  return setTimeout(() => fail(`${name} did not drain within ${ms} ms`), ms);
}

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

/** The message of an error with its causes: the first one alone ("start failed") seldom says what to do. */
export function reasonOf(error: unknown): string {
  const reasons: string[] = [];
  for (
    let at = error;
    at !== undefined && reasons.length < 5;
    at = at instanceof Error ? at.cause : undefined
  ) {
    reasons.push(at instanceof Error ? at.message || codeOf(at) : String(at));
  }
  return reasons.join(': ');
}

/** A failed connect to several addresses is an AggregateError without a message. */
function codeOf(error: Error & { code?: string }): string {
  return error.code ?? error.name;
}
