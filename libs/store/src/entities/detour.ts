import { type DetourKind, DETOUR_KINDS, type InterfaceRole, INTERFACES } from '@app/ocpi';
import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { oneOf } from './one-of';
import { PlatformEntity } from './platform';

/** A URL that the hub handed out to the holder in place of the owner's `target`. */
@Entity('detours')
@Check('detours_kind_check', oneOf('kind', DETOUR_KINDS))
@Check('detours_interface_role_check', oneOf('interface_role', INTERFACES))
@Index('detours_expires_at_idx', ['expiresAt'], { where: 'expires_at IS NOT NULL' })
@Index('detours_list_idx', ['list', 'listOffset', 'createdAt'], { where: 'list IS NOT NULL' })
export class DetourEntity {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'detours_pkey' })
  id: string;

  @Column('text')
  kind: DetourKind;

  @Column('text')
  target: string;

  @Column('text')
  module: string;

  @Column('text', { name: 'interface_role' })
  interfaceRole: InterfaceRole;

  @Column('uuid', { name: 'holder_platform_id' })
  holderPlatformId: string;

  @ManyToOne(() => PlatformEntity, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'holder_platform_id', foreignKeyConstraintName: 'detours_holder_platform_id_fkey' })
  holderPlatform?: PlatformEntity;

  /** `NL*TNM` */
  @Column('text', { name: 'holder_party' })
  holderParty: string;

  @Column('uuid', { name: 'owner_platform_id' })
  ownerPlatformId: string;

  @ManyToOne(() => PlatformEntity, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'owner_platform_id', foreignKeyConstraintName: 'detours_owner_platform_id_fkey' })
  ownerPlatform?: PlatformEntity;

  @Column('text', { name: 'owner_party' })
  ownerParty: string;

  /** Null, both of them, in rows from before they were kept. */
  @Column('text', { name: 'cause_correlation_id', nullable: true })
  causeCorrelationId: string | null;

  @Column('text', { name: 'cause_request_id', nullable: true })
  causeRequestId: string | null;

  /** Names the list, and its reader, to a page of which it leads; null where it leads to no page. */
  @Column('text', { nullable: true })
  list: string | null;

  /** Objects of the list before that page. */
  @Column('bigint', { name: 'list_offset', nullable: true })
  listOffset: string | null;

  /** How the hub goes on from there. */
  @Column('jsonb', { name: 'list_place', nullable: true })
  listPlace: object | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  /** Null in no row since CDR locations expire, too. */
  @Column('timestamptz', { name: 'expires_at', nullable: true })
  expiresAt: Date | null;
}
