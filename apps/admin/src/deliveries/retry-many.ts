import { type DeliveryArchive, type DeliveryFilter, type PageRequest } from '@app/hub';
import { type RetryReportView } from './delivery-view';

/** Sends one page of deliveries again, one after the other: each is a transaction of its own. */
export async function retryMany(
  archive: DeliveryArchive,
  filter: DeliveryFilter,
  page: PageRequest,
  maxAgeSeconds: number,
): Promise<RetryReportView> {
  const { data, nextCursor } = await archive.list(filter, page);
  let retried = 0;
  for (const { id } of data) {
    const { outcome } = await archive.retry(id, maxAgeSeconds);
    if (outcome === 'done') retried++;
  }
  return { retried, skipped: data.length - retried, next_cursor: nextCursor };
}
