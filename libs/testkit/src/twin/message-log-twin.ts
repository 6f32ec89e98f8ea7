/** In-memory twin of the ports `MessageLog` and `MessageArchive`. */
import { randomUUID } from 'node:crypto';
import {
  clipCorrelationId,
  type MessageArchive,
  type MessageFilter,
  type MessageLog,
  type MessageRow,
  type Page,
  type PageRequest,
  type TracedMessages,
  type Traffic,
} from '@app/hub';
import { isFailed, trafficOf } from './message-traffic-twin';
import { pageAfter } from './page';

type ArchivedRow = MessageRow & { readonly id: string };

/** Sorting by this key puts the newest first. */
function newestFirst({ at, id }: ArchivedRow): string {
  return `${String(1e15 - at.getTime()).padStart(16, '0')} ${id}`;
}

function hasAll(row: MessageRow, { statusCode, correlationId, ...values }: MessageFilter): boolean {
  const kept = correlationId === undefined ? undefined : clipCorrelationId(correlationId);
  const wanted: Partial<MessageRow> = { ...values, correlationId: kept, ocpiStatus: statusCode };
  return Object.entries(wanted).every(
    ([name, value]) => value === undefined || row[name as keyof MessageRow] === value,
  );
}

function matches(row: MessageRow, filter: MessageFilter): boolean {
  const { platform, failed, since, until, ...equal } = filter;
  return (
    hasAll(row, equal) &&
    (platform === undefined || [row.fromPlatformId, row.toPlatformId].includes(platform)) &&
    (failed === undefined || isFailed(row) === failed) &&
    (since === undefined || row.at >= since) &&
    (until === undefined || row.at < until)
  );
}

export class MessageLogTwin implements MessageLog, MessageArchive {
  readonly rows: ArchivedRow[] = [];
  readonly dropped = 0;

  record(row: MessageRow): void {
    this.rows.push({ ...row, id: randomUUID() });
  }

  async find(filter: MessageFilter, page: PageRequest): Promise<Page<ArchivedRow>> {
    return pageAfter(
      this.rows.filter((row) => matches(row, filter)),
      page,
      newestFirst,
    );
  }

  async trace(givenId: string, limit: number): Promise<TracedMessages> {
    const correlationId = clipCorrelationId(givenId);
    const parents = this.rows.filter((row) => row.correlationId === correlationId);
    const ids = new Set([correlationId, ...parents.map((row) => row.parentCorrelationId)]);
    const found = this.rows.filter((row) => ids.has(row.correlationId) || isCallbackOf(ids, row));
    const sorted = found.toSorted((a, b) => a.at.getTime() - b.at.getTime());
    return { messages: sorted.slice(0, limit), truncated: sorted.length > limit };
  }

  async traffic(platformId: string, since: Date, until: Date): Promise<readonly Traffic[]> {
    return trafficOf(
      platformId,
      this.rows.filter((row) => matches(row, { since, until })),
    );
  }

  async close(): Promise<void> {}
}

function isCallbackOf(ids: ReadonlySet<string | null>, { parentCorrelationId }: MessageRow): boolean {
  return parentCorrelationId !== null && ids.has(parentCorrelationId);
}
