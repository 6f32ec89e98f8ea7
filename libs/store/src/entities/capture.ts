import { Column, Entity, Index, JoinColumn, ManyToOne, OneToOne, PrimaryColumn } from 'typeorm';
import { PlatformEntity } from './platform';

/** The last capture of a platform's payloads; its row goes, with all that it captured, at `deletedAt`. */
@Entity('captures')
@Index('captures_deleted_at_idx', ['deletedAt'])
export class CaptureEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'captures_pkey' })
  id: string;

  @Column('uuid', { name: 'platform_id' })
  platformId: string;

  @OneToOne(() => PlatformEntity, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'platform_id', foreignKeyConstraintName: 'captures_platform_id_fkey' })
  platform?: PlatformEntity;

  @Column('timestamptz', { name: 'started_at' })
  startedAt: Date;

  @Column('timestamptz', { name: 'ends_at' })
  endsAt: Date;

  /** Stopped or full before its time. */
  @Column('timestamptz', { name: 'ended_at', nullable: true })
  endedAt: Date | null;

  @Column('timestamptz', { name: 'deleted_at' })
  deletedAt: Date;

  @Column('integer', { name: 'max_bytes' })
  maxBytes: number;

  @Column('integer', { name: 'max_payload_bytes' })
  maxPayloadBytes: number;

  @Column('integer', { default: 0 })
  bytes: number;

  @Column('integer', { default: 0 })
  messages: number;

  @Column('integer', { default: 0 })
  dropped: number;
}

/** One captured message: all of it but its time is sealed (see `seal.ts`). */
@Entity('captured_messages')
@Index('captured_messages_place_idx', ['captureId', 'at', 'id'])
export class CapturedMessageEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'captured_messages_pkey' })
  id: string;

  @Column('uuid', { name: 'capture_id' })
  captureId: string;

  @ManyToOne(() => CaptureEntity, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'capture_id', foreignKeyConstraintName: 'captured_messages_capture_id_fkey' })
  capture?: CaptureEntity;

  @Column({ type: 'timestamptz', precision: 3 })
  at: Date;

  @Column('bytea')
  sealed: Buffer;
}
