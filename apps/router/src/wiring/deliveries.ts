import { limitedOutbox, type Log, type Outbox, type StorageRoom } from '@app/hub';
import { type DrainQueue, openDrainQueue } from '@app/outbox';
import { type Metrics } from '@app/runtime';
import { type Settings } from '@app/settings';
import { CLIENT_OPTIONS } from '@app/store';
import { type RouterParts } from '../parts';

/** What the roads need to hand a push over to the delivery workers. */
export interface Deliveries {
  readonly parts: Pick<RouterParts, 'outbox' | 'waker' | 'deliveryMaxAgeSeconds'>;
  readonly queue: DrainQueue;
}

/**
 * Opens the way to the delivery workers.
 *
 * @throws when the queue is on PostgreSQL and cannot be reached
 */
export async function openDeliveries(
  settings: Settings,
  { outbox, room }: { readonly outbox: Outbox; readonly room: StorageRoom },
  log: Log,
  metrics: Metrics,
): Promise<Deliveries> {
  const hub = { countryCode: settings.hubCountryCode, partyId: settings.hubPartyId };
  const queue = await openDrainQueue({ ...settings, hub, clientOptions: CLIENT_OPTIONS }, log);
  metrics.gauge({
    name: 'hub_delivery_wakeups_missed',
    help: 'Lines and bundles that could not be queued because the queue did not answer; the sweep finds them',
    collect() {
      this.set(queue.missed);
    },
  });
  const { deliveryMaxAgeSeconds } = settings;
  return { parts: { outbox: limitedOutbox(outbox, room), waker: queue, deliveryMaxAgeSeconds }, queue };
}
