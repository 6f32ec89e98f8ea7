import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { FAILURE } from '../message-failed';

/**
 * One message. The table is partitioned by day of `at`, which is why `at` is part of the key; the key's
 * index, read backwards, is also the order in which the operator sees messages (newest first).
 *
 * Nothing is checked against lists of words: a log takes down what happened, also what nobody foresaw.
 */
@Entity('messages')
@Index('messages_correlation_id_idx', ['correlationId'])
@Index('messages_parent_correlation_id_idx', ['parentCorrelationId'], {
  where: 'parent_correlation_id IS NOT NULL',
})
@Index('messages_from_party_idx', ['from', 'at'])
@Index('messages_to_party_idx', ['to', 'at'])
@Index('messages_from_platform_idx', ['fromPlatformId', 'at'], { where: 'from_platform_id IS NOT NULL' })
@Index('messages_to_platform_idx', ['toPlatformId', 'at'], { where: 'to_platform_id IS NOT NULL' })
@Index('messages_failed_idx', ['at'], { where: FAILURE })
export class MessageEntity {
  @PrimaryColumn('timestamptz', { primaryKeyConstraintName: 'messages_pkey' })
  at: Date;

  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'messages_pkey' })
  id: string;

  @Column('text', { name: 'correlation_id' })
  correlationId: string;

  @Column('text', { name: 'request_id' })
  requestId: string;

  @Column('text', { name: 'onward_request_id', nullable: true })
  onwardRequestId: string | null;

  @Column('text', { name: 'parent_correlation_id', nullable: true })
  parentCorrelationId: string | null;

  @Column('text', { name: 'parent_request_id', nullable: true })
  parentRequestId: string | null;

  @Column('boolean', { name: 'ids_made' })
  idsMade: boolean;

  @Column('text', { nullable: true })
  scenario: string | null;

  @Column('text', { nullable: true })
  version: string | null;

  @Column('text', { nullable: true })
  module: string | null;

  @Column('text', { name: 'interface_role', nullable: true })
  interfaceRole: string | null;

  @Column('text')
  method: string;

  /** No foreign keys: a message outlives the platform, and a log must never wait for a lock on one. */
  @Column('uuid', { name: 'from_platform_id', nullable: true })
  fromPlatformId: string | null;

  @Column('uuid', { name: 'to_platform_id', nullable: true })
  toPlatformId: string | null;

  @Column('text', { name: 'from_party', nullable: true })
  from: string | null;

  @Column('text', { name: 'to_party', nullable: true })
  to: string | null;

  @Column('text', { name: 'claimed_from', nullable: true })
  claimedFrom: string | null;

  @Column('integer', { name: 'http_status' })
  httpStatus: number;

  @Column('integer', { name: 'ocpi_status', nullable: true })
  ocpiStatus: number | null;

  @Column('double precision', { name: 'duration_ms' })
  durationMs: number;

  @Column('integer', { name: 'request_bytes' })
  requestBytes: number;

  @Column('integer', { name: 'answer_bytes' })
  answerBytes: number;

  @Column('text', { nullable: true })
  error: string | null;

  @Column('text', { nullable: true })
  reason: string | null;

  @Column('text', { nullable: true })
  note: string | null;

  @Column('text', { nullable: true })
  path: string | null;
}
