/**
 * Watches the event loop of one process, loaded before it by `NODE_OPTIONS=--import`. Writes to LOOP_WATCH_FILE, every
 * 20 ms, the longest time for which the loop was held since the file was removed last, in ms.
 *
 * What counts is the CPU time of the main thread between two turns of a short timer, not the time of the clock: a thread
 * that waits for a busy machine holds up its messages as well, but through no fault of theirs.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

const { LOOP_WATCH_FILE: file } = process.env;
const TICK_MS = 2;
const WRITTEN_EVERY_MS = 20;

/** CPU time of the main thread in ms. Only Linux tells that of one thread to Node 20: elsewhere that of all of them. */
const used = existsSync('/proc/self/schedstat')
  ? () => Number(readFileSync('/proc/self/schedstat', 'latin1').split(' ', 1)[0]) / 1e6
  : () => (process.cpuUsage().user + process.cpuUsage().system) / 1e3;

if (file) {
  let [before, longest, writtenAt] = [used(), 0, 0];
  setInterval(() => {
    const now = used();
    longest = Math.max(longest, now - before);
    before = now;
    if (performance.now() - writtenAt < WRITTEN_EVERY_MS) return;
    writtenAt = performance.now();
    if (!existsSync(file)) longest = 0;
    writeFileSync(file, String(longest));
    before = used();
  }, TICK_MS).unref();
}
