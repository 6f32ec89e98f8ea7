import { type DeliveryStore, judge, type SentLeg } from '@app/hub';
import { type Metrics } from '@app/runtime';

export interface DeliveryMetrics {
  /** Counts an attempt, or a leg that was ended without one. */
  count(sent: SentLeg): void;
  /** Counts legs that were over their age before they could be made. */
  countExpired(legs: number): void;
}

/** The figures of this worker, and how many legs wait in the whole hub. */
export function deliveryMetrics(
  metrics: Metrics,
  deliveries: Pick<DeliveryStore, 'countWaiting'>,
): DeliveryMetrics {
  const attempts = metrics.counter({
    name: 'hub_delivery_attempts_total',
    help: 'Attempts to deliver by what became of the delivery and by error',
    labelNames: ['outcome', 'error'],
  });
  const expired = metrics.counter({
    name: 'hub_deliveries_expired_total',
    help: 'Deliveries given up because they were over DELIVERY_MAX_AGE_SECONDS',
  });
  metrics.gauge({
    name: 'hub_deliveries_waiting',
    help: 'Deliveries of the whole hub that are not over yet',
    async collect() {
      // A scrape without this figure is better than none at all.
      await deliveries.countWaiting().then(
        (legs) => this.set(legs),
        () => this.reset(),
      );
    },
  });
  return {
    count: ({ settlement, result }) => {
      const outcome = settlement.state === 'waiting' ? 'retry' : settlement.state;
      const error = result ? judge(result).error : 'error' in settlement ? settlement.error : null;
      attempts.inc({ outcome, error: error ?? 'none' });
    },
    countExpired: (legs) => expired.inc(legs),
  };
}
