import { DELIVERY_STATES, type DeliveryState } from '@app/hub';
import { Check, Column, Entity, Generated, Index, PrimaryColumn } from 'typeorm';
import { oneOf } from './one-of';

const WAITING = { where: "state = 'waiting'" };

/** A push that the hub owes to receivers: its body is here once, however many they are. */
@Entity('pushes')
@Check('pushes_routing_check', oneOf('routing', ['hub', 'none']))
@Index('pushes_created_at_idx', ['createdAt'])
@Index('pushes_correlation_id_idx', ['correlationId'])
@Index('pushes_from_platform_id_idx', ['fromPlatformId', 'createdAt'], {
  where: 'from_platform_id IS NOT NULL',
})
export class PushEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'pushes_pkey' })
  id: string;

  @Column('text')
  routing: 'hub' | 'none';

  @Column('text')
  module: string;

  @Column('text')
  method: string;

  @Column('text')
  rest: string;

  @Column('text')
  query: string;

  /** Names and values alternating. */
  @Column('text', { array: true })
  headers: string[];

  @Column('bytea', { nullable: true })
  body: Buffer | null;

  /** What a newer PUT is compared by (see `pushedObject`). */
  @Column('text', { name: 'object_path' })
  objectPath: string;

  @Column('text')
  version: string;

  @Column('text', { name: 'request_id' })
  requestId: string;

  /** See `clipCorrelationId`. */
  @Column('text', { name: 'correlation_id' })
  correlationId: string;

  /** In full, as receivers are sent it, where `correlation_id` is clipped. */
  @Column('text', { name: 'long_correlation_id', nullable: true })
  longCorrelationId: string | null;

  /** Null for the hub's own pushes. */
  @Column('uuid', { name: 'from_platform_id', nullable: true })
  fromPlatformId: string | null;

  @Column('text', { name: 'from_party', nullable: true })
  fromParty: string | null;

  @Column({ type: 'timestamptz', precision: 3, name: 'created_at' })
  createdAt: Date;
}

/** One receiver of a push. */
@Entity('deliveries')
@Check('deliveries_state_check', oneOf('state', DELIVERY_STATES))
@Index('deliveries_line_idx', ['line', 'sequence'], WAITING)
@Index('deliveries_due_idx', ['nextAttemptAt', 'id'], WAITING)
@Index('deliveries_parked_idx', ['parked', 'platformId'], WAITING)
@Index('deliveries_state_idx', ['state', 'createdAt', 'id'])
@Index('deliveries_push_id_idx', ['pushId'])
export class DeliveryEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'deliveries_pkey' })
  id: string;

  @Column('uuid', { name: 'push_id' })
  pushId: string;

  /** The order within a line. */
  @Column('bigint')
  @Generated('increment')
  sequence: string;

  @Column('uuid', { name: 'platform_id' })
  platformId: string;

  /** `NL*TNM`; null for a push to the platform itself. */
  @Column('text', { nullable: true })
  party: string | null;

  /** Receiver and object: what is kept in order (see `deliveryLine`). */
  @Column('uuid')
  line: string;

  @Column('text')
  state: DeliveryState;

  /** Its receiver cannot be reached or is paused: `next_attempt_at` is then the end of its age. */
  @Column('boolean')
  parked: boolean;

  @Column('integer')
  attempts: number;

  /** A refusal's code or a status, never text of a peer. */
  @Column('text', { name: 'last_error', nullable: true })
  lastError: string | null;

  @Column({ type: 'timestamptz', precision: 3, name: 'created_at' })
  createdAt: Date;

  @Column({ type: 'timestamptz', precision: 3, name: 'next_attempt_at' })
  nextAttemptAt: Date;

  @Column({ type: 'timestamptz', precision: 3, name: 'expires_at' })
  expiresAt: Date;

  @Column({ type: 'timestamptz', precision: 3, name: 'finished_at', nullable: true })
  finishedAt: Date | null;

  @Column('uuid', { name: 'lease_id', nullable: true })
  leaseId: string | null;

  /** While it is in the future, one worker is sending this. */
  @Column({ type: 'timestamptz', precision: 3, name: 'lease_until', nullable: true })
  leaseUntil: Date | null;
}

/** Legs of one push that a worker takes over together, and that are no rows of their own yet. */
@Entity('delivery_bundles')
@Index('delivery_bundles_object_id_idx', ['objectId'])
export class DeliveryBundleEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'delivery_bundles_pkey' })
  id: string;

  @Column('uuid', { name: 'push_id' })
  pushId: string;

  /** See `objectId`. */
  @Column('uuid', { name: 'object_id' })
  objectId: string;

  @Column('json')
  legs: readonly object[];

  @Column('integer', { name: 'leg_count' })
  legCount: number;

  @Column({ type: 'timestamptz', precision: 3, name: 'created_at' })
  createdAt: Date;

  @Column({ type: 'timestamptz', precision: 3, name: 'expires_at' })
  expiresAt: Date;

  @Column('uuid', { name: 'lease_id', nullable: true })
  leaseId: string | null;

  /** While it is in the future, one worker is sending these. */
  @Column({ type: 'timestamptz', precision: 3, name: 'lease_until', nullable: true })
  leaseUntil: Date | null;
}

/** A receiver that is paused, or that has to fetch for itself what expired while it could not be reached. */
@Entity('delivery_receivers')
export class DeliveryReceiverEntity {
  @PrimaryColumn('uuid', { name: 'platform_id', primaryKeyConstraintName: 'delivery_receivers_pkey' })
  platformId: string;

  @Column('timestamptz', { name: 'paused_at', nullable: true })
  pausedAt: Date | null;

  @Column('timestamptz', { name: 'resync_since', nullable: true })
  resyncSince: Date | null;
}

/** A delivery worker that was alive, by its advisory lock. */
@Entity('delivery_workers')
export class DeliveryWorkerEntity {
  @PrimaryColumn('integer', { primaryKeyConstraintName: 'delivery_workers_pkey' })
  id: number;

  @Column('timestamptz', { name: 'joined_at' })
  joinedAt: Date;

  /** Since when its lock is free, as far as another worker saw. */
  @Column('timestamptz', { name: 'missed_since', nullable: true })
  missedSince: Date | null;
}
