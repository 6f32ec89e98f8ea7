import { type IgnoredObjects } from '@app/hub';
import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { PlatformEntity } from './platform';

const KEY = { primaryKeyConstraintName: 'sync_state_pkey' } as const;

/** What was pulled of one party's objects of one module, and when it is pulled again. */
@Entity('sync_state')
@Index('sync_state_due_at_idx', ['dueAt'])
export class SyncStateEntity {
  @PrimaryColumn('uuid', { name: 'platform_id', ...KEY })
  platformId: string;

  @ManyToOne(() => PlatformEntity, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'platform_id', foreignKeyConstraintName: 'sync_state_platform_id_fkey' })
  platform?: PlatformEntity;

  @PrimaryColumn('text', KEY)
  module: string;

  @PrimaryColumn('text', KEY)
  owner: string;

  @Column('timestamptz', { name: 'registered_at' })
  registeredAt: Date;

  @Column('timestamptz', { name: 'connected_since' })
  connectedSince: Date;

  @Column('timestamptz', { name: 'due_at' })
  dueAt: Date;

  /** When the last whole pull began; null: everything is to be pulled. */
  @Column('timestamptz', { name: 'synced_at', nullable: true })
  syncedAt: Date | null;

  @Column('integer')
  failures: number;

  @Column('text', { name: 'last_error', nullable: true })
  lastError: string | null;

  /** Objects taken over by the pull that runs or ran last. */
  @Column('integer')
  objects: number;

  @Column('integer')
  ignored: number;

  /** The ignored ones by reason and owner. */
  @Column('jsonb', { name: 'ignored_by', default: [] })
  ignoredBy: readonly IgnoredObjects[];

  /** What the last pull that came to its end is known to have missed. */
  @Column('text', { nullable: true })
  shortage: string | null;

  /** Why the last pull failed: the code of the refusal, and what the platform said. */
  @Column('text', { name: 'error_code', nullable: true })
  errorCode: string | null;

  @Column('text', { name: 'peer_said', nullable: true })
  peerSaid: string | null;

  @Column('timestamptz', { name: 'last_attempt_at', nullable: true })
  lastAttemptAt: Date | null;

  @Column('timestamptz', { name: 'last_success_at', nullable: true })
  lastSuccessAt: Date | null;

  /** The claim of the worker that pulls it now. */
  @Column('uuid', { nullable: true })
  lease: string | null;

  @Column('timestamptz', { name: 'lease_until', nullable: true })
  leaseUntil: Date | null;
}
