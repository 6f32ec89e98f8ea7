/** Whatever runs on the queue is tested on both of its backends. */

/** What a queue test is given: settings of the backend under test, to be spread over the others. */
export interface QueueBackend {
  readonly name: 'postgres' | 'redis';
  /** `REDIS_URL` of the process under test; absent on the PostgreSQL backend. */
  readonly redisUrl?: string;
}

/** Tests that need something of the machine: where it is missing they are counted as skipped, and so are seen. */
export function where(present: boolean): { readonly it: jest.It; readonly describe: jest.Describe } {
  return present ? { it, describe } : { it: it['skip'], describe: describe['skip'] };
}

/**
 * Describes one suite on each queue backend: on PostgreSQL always, and on Redis where `test/run.mjs` found a server.
 * Where it found none, the tests of the Redis half are counted as skipped, so that the summary shows what did not run.
 */
export function describeOnEachQueue(name: string, suite: (backend: QueueBackend) => void): void {
  const redisUrl = process.env.TEST_REDIS_URL;
  describe(`${name} (queue on PostgreSQL)`, () => suite({ name: 'postgres' }));
  where(redisUrl !== undefined).describe(`${name} (queue on Redis)`, () =>
    suite({ name: 'redis', redisUrl }),
  );
}
