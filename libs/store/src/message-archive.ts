/** ADAPTER of the port `MessageArchive`: the message log as the operator reads it. */
import {
  type MessageArchive,
  type MessageFilter,
  type MessageRow,
  type Page,
  type PageRequest,
  type TracedMessages,
  type Traffic,
} from '@app/hub';
import { type DataSource } from 'typeorm';
import { pageOf, readTimeCursor, writeCursor } from './cursor';
import { MessageEntity } from './entities';
import { trafficOf } from './message-traffic';

/** One condition for each property of the filter that is given. */
const CONDITIONS: Readonly<Record<keyof MessageFilter, string>> = {
  correlationId: 'message.correlationId = :correlationId',
  from: 'message.from = :from',
  to: 'message.to = :to',
  module: 'message.module = :module',
  statusCode: 'message.ocpiStatus = :statusCode',
  since: 'message.at >= :since',
  until: 'message.at < :until',
};

/** Traces that one correlation id leads up to: more only where a peer uses one id for everything. */
const MAX_PARENTS = 100;

export class PostgresMessageArchive implements MessageArchive {
  constructor(private readonly dataSource: DataSource) {}

  async find(
    filter: MessageFilter,
    { cursor, limit }: PageRequest,
  ): Promise<Page<MessageRow & { readonly id: string }>> {
    const query = this.dataSource
      .createQueryBuilder(MessageEntity, 'message')
      .orderBy({ 'message.at': 'DESC', 'message.id': 'DESC' })
      .limit(limit + 1);
    for (const [name, condition] of Object.entries(CONDITIONS)) {
      const value = filter[name as keyof MessageFilter];
      if (value !== undefined) query.andWhere(condition, { [name]: value });
    }
    if (cursor !== null) {
      query.andWhere('(message.at, message.id) < (:at, :id)', { ...readTimeCursor(cursor) });
    }
    const found = (await query.getMany()).map((row) => ({ ...row }));
    return pageOf(found, limit, (last) => writeCursor(last.at.toISOString(), last.id));
  }

  async trace(correlationId: string, limit: number): Promise<TracedMessages> {
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
