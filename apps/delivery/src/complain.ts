import { type Log } from '@app/hub';

/** One and the same trouble is mentioned once in so many ms. */
const COMPLAIN_EVERY_MS = 60_000;

/** Logs an error, unless it did so a moment ago. */
export function complainer(log: Log, message: string): (error: unknown) => void {
  let complainedAt = 0;
  return (err) => {
    if (Date.now() - complainedAt < COMPLAIN_EVERY_MS) return;
    complainedAt = Date.now();
    log.error({ err }, message);
  };
}
