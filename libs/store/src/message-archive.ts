/** ADAPTER of the port `MessageArchive`: the message log as the operator reads it. */
import {
  type ArchivedMessage,
  clipCorrelationId,
  type MessageArchive,
  type MessageFilter,
  type Page,
  type PageRequest,
  SearchTooLong,
  type TracedMessages,
  type Traffic,
} from '@app/hub';
import { type DataSource } from 'typeorm';
import { pageOf, readTimeCursor, type TimeKey, writeCursor } from './cursor';
import { MessageEntity } from './entities';
import { FAILED } from './message-failed';
import { trafficOf } from './message-traffic';
import { reasonOf } from './unavailable';

/** One condition for each property of the filter that is given; the two others are below. */
const CONDITIONS: Readonly<Record<Exclude<keyof MessageFilter, 'platform' | 'failed'>, string>> = {
  correlationId: 'message.correlationId = :correlationId',
  from: 'message.from = :from',
  to: 'message.to = :to',
  module: 'message.module = :module',
  method: 'message.method = :method',
  httpStatus: 'message.httpStatus = :httpStatus',
  statusCode: 'message.ocpiStatus = :statusCode',
  error: 'message.error = :error',
  since: 'message.at >= :since',
  until: 'message.at < :until',
};

/**
 * Sent by a platform, and sent to it by others. They are two queries: each side has an index in the order of a page,
 * while both at once would be all messages of the platform, sorted anew for each page.
 */
const SIDES = [
  'message.fromPlatformId = :platform',
  'message.toPlatformId = :platform AND message.fromPlatformId IS DISTINCT FROM :platform',
];
const EVERYBODY = ['TRUE'];

/** Traces that one correlation id leads up to: more only where a peer uses one id for everything. */
const MAX_PARENTS = 100;

export class PostgresMessageArchive implements MessageArchive {
  constructor(private readonly dataSource: DataSource) {}

  async find(filter: MessageFilter, page: PageRequest): Promise<Page<ArchivedMessage>> {
    const sides = filter.platform === undefined ? EVERYBODY : SIDES;
    const searches = sides.map((side) => this.newest(side, filter, page));
    const found = await Promise.all(searches).catch((error: unknown) => {
      throw isCancelled(error) ? new SearchTooLong('the log is long', { cause: error }) : error;
    });
    const newest = found.flat().sort(newestFirst);
    return pageOf(newest, page.limit, (last) => writeCursor(last.at.toISOString(), last.id));
  }

  async trace(givenId: string, limit: number): Promise<TracedMessages> {
    const correlationId = clipCorrelationId(givenId);
    const ids = [correlationId, ...(await this.parentsOf(correlationId))];
    const found = await this.dataSource
      .createQueryBuilder(MessageEntity, 'message')
      .where('message.correlationId = ANY(:ids) OR message.parentCorrelationId = ANY(:ids)', { ids })
      .orderBy({ 'message.at': 'ASC', 'message.id': 'ASC' })
      .limit(limit + 1)
      .getMany();
    return { messages: found.slice(0, limit).map((row) => ({ ...row })), truncated: found.length > limit };
  }

  traffic(platformId: string, since: Date, until: Date): Promise<readonly Traffic[]> {
    return trafficOf(this.dataSource, platformId, since, until);
  }

  /** As many as a page needs of one side. @throws InvalidCursor */
  private async newest(
    side: string,
    { platform, failed, ...filter }: MessageFilter,
    { cursor, limit }: PageRequest,
  ): Promise<ArchivedMessage[]> {
    const query = this.dataSource
      .createQueryBuilder(MessageEntity, 'message')
      .where(side, { platform })
      .orderBy({ 'message.at': 'DESC', 'message.id': 'DESC' })
      .limit(limit + 1);
    for (const [name, condition] of Object.entries(CONDITIONS)) {
      const value = filter[name as keyof typeof filter];
      if (value !== undefined)
        query.andWhere(condition, {
          [name]: name === 'correlationId' ? clipCorrelationId(String(value)) : value,
        });
    }
    if (failed !== undefined) query.andWhere(failed ? FAILED : `${FAILED} IS NOT TRUE`);
    if (cursor !== null)
      query.andWhere('(message.at, message.id) < (:at, :id)', { ...readTimeCursor(cursor) });
    return (await query.getMany()).map((row) => ({ ...row }));
  }

  private async parentsOf(correlationId: string): Promise<string[]> {
    const rows = await this.dataSource
      .createQueryBuilder(MessageEntity, 'message')
      .select('message.parentCorrelationId', 'id')
      .distinct()
      .where('message.correlationId = :correlationId AND message.parentCorrelationId IS NOT NULL')
      .setParameters({ correlationId })
      .limit(MAX_PARENTS)
      .getRawMany<{ id: string }>();
    return rows.map(({ id }) => id);
  }
}

/** PostgreSQL compares UUIDs as their text is compared. */
function newestFirst(one: TimeKey, other: TimeKey): number {
  return other.at.getTime() - one.at.getTime() || (one.id < other.id ? 1 : -1);
}

/** The statement took longer than one may. */
function isCancelled(error: unknown): boolean {
  return reasonOf(error) === 'too_slow';
}
