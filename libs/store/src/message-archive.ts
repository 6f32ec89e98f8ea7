/** ADAPTER of the port `MessageArchive`: the message log as the operator reads it. */
import {
  type MessageArchive,
  type MessageFilter,
  type MessageRow,
  type Page,
  type PageRequest,
} from '@app/hub';
import { type DataSource } from 'typeorm';
import { pageOf, readTimeCursor, writeCursor } from './cursor';
import { MessageEntity } from './entities';

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
}
