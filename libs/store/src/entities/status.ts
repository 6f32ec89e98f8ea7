import { CONNECTION_STATUSES, type ConnectionStatus, type Effect, type StatusReason } from '@app/hub';
import { type Role } from '@app/ocpi';
import { Check, Column, Entity, Generated, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { oneOf } from './one-of';
import { PlatformEntity } from './platform';

/** One change of a party's status. */
@Entity('status_changes')
@Check('status_changes_status_check', oneOf('status', CONNECTION_STATUSES))
@Index('status_changes_party_idx', ['countryCode', 'partyId', 'role', 'sequence'])
@Index('status_changes_at_idx', ['at'])
export class StatusChangeEntity {
  /** The order of one party's changes. */
  @PrimaryColumn('bigint', { primaryKeyConstraintName: 'status_changes_pkey' })
  @Generated('increment')
  sequence: string;

  @Column('text', { name: 'country_code' })
  countryCode: string;

  @Column('text', { name: 'party_id' })
  partyId: string;

  @Column('text')
  role: Role;

  @Column('uuid', { name: 'platform_id' })
  platformId: string;

  @Column('text')
  status: ConnectionStatus;

  @Column('text')
  reason: StatusReason;

  @Column('timestamptz')
  at: Date;
}

/** What an agreement changed of what a viewer is shown of a party; without a row, nothing was ever changed. */
@Entity('client_info_views')
@Index('client_info_views_party_idx', ['countryCode', 'partyId', 'role'])
@Index('client_info_views_since_idx', ['viewerId', 'since'])
export class ClientInfoViewEntity {
  @PrimaryColumn('uuid', { name: 'viewer_id', primaryKeyConstraintName: 'client_info_views_pkey' })
  viewerId: string;

  @ManyToOne(() => PlatformEntity, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'viewer_id', foreignKeyConstraintName: 'client_info_views_viewer_id_fkey' })
  viewer?: PlatformEntity;

  @PrimaryColumn('text', { name: 'country_code', primaryKeyConstraintName: 'client_info_views_pkey' })
  countryCode: string;

  @PrimaryColumn('text', { name: 'party_id', primaryKeyConstraintName: 'client_info_views_pkey' })
  partyId: string;

  @PrimaryColumn('text', { primaryKeyConstraintName: 'client_info_views_pkey' })
  role: Role;

  @Column('boolean')
  forbidden: boolean;

  @Column('timestamptz')
  since: Date;
}

/** An agreement by which the last announcements were made; the live ones may be ahead of it. */
@Entity('announced_agreements')
export class AnnouncedAgreementEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'announced_agreements_pkey' })
  id: string;

  @Column('jsonb')
  body: object;
}

/** One row: since when, and what holds where no announced agreement matches. */
@Entity('announced_terms')
@Check('announced_terms_id_check', 'id = 1')
@Check('announced_terms_fallback_check', oneOf('fallback', ['allow', 'deny']))
export class AnnouncedTermsEntity {
  @PrimaryColumn('integer', { primaryKeyConstraintName: 'announced_terms_pkey' })
  id: number;

  @Column('text')
  fallback: Effect;

  @Column('timestamptz')
  at: Date;
}
