import { type MessageLog, type MessageRow } from '@app/hub';
import { type Metrics } from '@app/runtime';
import { type RouterParts } from './parts';

/** Upper bounds in seconds: from a hop on the same network to the longest timeout. */
const DURATION_BUCKETS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/**
 * Rows are counted so many at a time, and before the metrics are read. One at a time, each between two messages,
 * takes several times as long: what the counting needs is out of the processor's cache by then. Many more would
 * outlive the garbage collector's young generation.
 */
const COUNTED_AT_ONCE = 32;

/** The message log with counters beside it: each row is counted once, whether or not it can be written. */
export function countMessages(log: MessageLog, metrics: Metrics): MessageLog {
  const messages = metrics.counter({
    name: 'hub_messages_total',
    help: 'OCPI messages by module, scenario and the OCPI status that was answered',
    labelNames: ['module', 'scenario', 'ocpi_status'],
    collect: count,
  });
  const durations = metrics.histogram({
    name: 'hub_message_duration_seconds',
    help: 'From the request to its answer',
    labelNames: ['scenario'],
    buckets: DURATION_BUCKETS,
    collect: count,
  });
  const refusals = metrics.counter({
    name: 'hub_messages_refused_total',
    help: 'OCPI messages that the hub itself answered, by the reason in the message log',
    labelNames: ['reason'],
    collect: count,
  });
  metrics.gauge({
    name: 'hub_message_log_dropped',
    help: 'Rows of the message log dropped because its buffer was full',
    collect() {
      this.set(log.dropped);
    },
  });
  let uncounted: MessageRow[] = [];
  function count(): void {
    const rows = uncounted;
    uncounted = [];
    for (const row of rows) {
      const scenario = row.scenario ?? 'refused';
      messages.inc({ module: moduleLabel(row), scenario, ocpi_status: String(row.ocpiStatus) });
      if (row.error !== null) refusals.inc({ reason: row.error });
      durations.observe({ scenario }, row.durationMs / 1000);
    }
  }
  return {
    record(row: MessageRow): void {
      if (uncounted.push(row) >= COUNTED_AT_ONCE) count();
      log.record(row);
    },
    get dropped() {
      return log.dropped;
    },
    close: () => log.close(),
  };
}

/** A counter of handshakes that platforms began and the hub refused. */
export function countHandshakes(metrics: Metrics): RouterParts['handshakesRefused'] {
  return metrics.counter({
    name: 'hub_handshakes_refused_total',
    help: 'Requests of platforms to register, update or unregister that the hub refused, by reason',
    labelNames: ['reason'],
  });
}

/** Only modules that passed the decision become a label, so that no caller can make labels up. */
function moduleLabel({ scenario, module }: MessageRow): string {
  return scenario && module ? module : 'none';
}
