import {
  HANDSHAKE_KINDS,
  HANDSHAKE_OUTCOMES,
  HANDSHAKE_SIDES,
  HANDSHAKE_STEPS,
  type HandshakeKind,
  type HandshakeOutcome,
  type HandshakeSide,
  type HandshakeStep,
} from '@app/hub';
import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { oneOf } from './one-of';
import { PlatformEntity } from './platform';

/** One handshake of a platform; the newest ones are kept. */
@Entity('handshakes')
@Check('handshakes_began_by_check', oneOf('began_by', HANDSHAKE_SIDES))
@Check('handshakes_kind_check', oneOf('kind', HANDSHAKE_KINDS))
@Check('handshakes_step_check', oneOf('step', HANDSHAKE_STEPS))
@Check('handshakes_outcome_check', oneOf('outcome', HANDSHAKE_OUTCOMES))
@Index('handshakes_platform_id_at_idx', ['platformId', 'at', 'id'])
export class HandshakeEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'handshakes_pkey' })
  id: string;

  @Column('uuid', { name: 'platform_id' })
  platformId: string;

  @ManyToOne(() => PlatformEntity, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'platform_id', foreignKeyConstraintName: 'handshakes_platform_id_fkey' })
  platform?: PlatformEntity;

  @Column({ type: 'timestamptz', precision: 3 })
  at: Date;

  @Column('text', { name: 'began_by' })
  beganBy: HandshakeSide;

  @Column('text')
  kind: HandshakeKind;

  @Column('text')
  step: HandshakeStep;

  @Column('text')
  outcome: HandshakeOutcome;

  @Column('text', { nullable: true })
  code: string | null;

  @Column('text', { nullable: true })
  reason: string | null;

  @Column('text', { name: 'peer_said', nullable: true })
  peerSaid: string | null;

  @Column('integer', { name: 'http_status', nullable: true })
  httpStatus: number | null;

  @Column('integer', { name: 'ocpi_status', nullable: true })
  ocpiStatus: number | null;

  @Column('text', { nullable: true })
  version: string | null;

  @Column('text', { name: 'correlation_id' })
  correlationId: string;
}
