/** Waiting for something that comes true by itself. */
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from './store';

const POLL_MS = 20;

/** Resolves when something holds. @throws Error after `limitMs`, with what `seen` shows then */
export async function until(
  holds: () => boolean | Promise<boolean>,
  limitMs = 8_000,
  seen: () => unknown = () => 'not so',
): Promise<void> {
  const end = performance.now() + limitMs;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`after ${limitMs} ms: ${JSON.stringify(seen())}`);
    await sleep(POLL_MS);
  }
}

/** Resolves when no delivery of a database waits any more. */
export async function allSettled(databaseUrl: string, limitMs?: number): Promise<void> {
  const left = `
    SELECT platform_id, party, attempts, last_error FROM deliveries WHERE state = 'waiting'
    UNION ALL SELECT id, 'a bundle', NULL, NULL FROM delivery_bundles LIMIT 5`;
  let waiting: object[] = [];
  const isEmpty = async (): Promise<boolean> => {
    waiting = await sql(databaseUrl, left);
    return waiting.length === 0;
  };
  await until(isEmpty, limitMs, () => waiting);
}
