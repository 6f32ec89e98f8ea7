/** In-memory twin of the ports `MessageLog` and `MessageArchive`. */
import { randomUUID } from 'node:crypto';
import {
  type MessageArchive,
  type MessageFilter,
  type MessageLog,
  type MessageRow,
  type Page,
  type PageRequest,
} from '@app/hub';
import { pageAfter } from './page';

type ArchivedRow = MessageRow & { readonly id: string };

/** Sorting by this key puts the newest first. */
function newestFirst({ at, id }: ArchivedRow): string {
  return `${String(1e15 - at.getTime()).padStart(16, '0')} ${id}`;
}

function matches(row: MessageRow, filter: MessageFilter): boolean {
  const { correlationId, from, to, module, statusCode, since, until } = filter;
  return (
    (correlationId === undefined || row.correlationId === correlationId) &&
    (from === undefined || row.from === from) &&
    (to === undefined || row.to === to) &&
    (module === undefined || row.module === module) &&
    (statusCode === undefined || row.ocpiStatus === statusCode) &&
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

  async close(): Promise<void> {}
}
