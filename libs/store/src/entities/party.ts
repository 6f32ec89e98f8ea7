import { CONNECTION_STATUSES, type ConnectionStatus } from '@app/hub';
import { type Role, ROLES } from '@app/ocpi';
import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, Unique } from 'typeorm';
import { oneOf } from './one-of';
import { PlatformEntity } from './platform';

/** The constraint that decides between two platforms which claim one party at the same moment. */
export const PARTY_UNIQUE = 'parties_party_unique';
/** The same for one half of a pair; the trigger `parties_half` says it, which decorators cannot say. */
export const HALF_UNIQUE = 'parties_half_unique';

/** A pair in one role. There is one row for each in the whole hub, which moves from platform to platform. */
@Entity('parties')
@Unique(PARTY_UNIQUE, ['countryCode', 'partyId', 'role'])
@Check('parties_country_code_check', `country_code ~ '^[A-Z]{2}$'`)
@Check('parties_party_id_check', `party_id ~ '^[A-Z0-9]{3}$'`)
@Check('parties_role_check', oneOf('role', ROLES))
@Check('parties_status_check', oneOf('status', CONNECTION_STATUSES))
@Check('parties_announced_status_check', oneOf('announced_status', CONNECTION_STATUSES))
@Index('parties_platform_id_idx', ['platformId'])
@Index('parties_unannounced_idx', ['statusSince'], {
  where: 'announced_status IS DISTINCT FROM status OR announced_platform_id IS DISTINCT FROM platform_id',
})
export class PartyEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'parties_pkey' })
  id: string;

  @Column('uuid', { name: 'platform_id' })
  platformId: string;

  @ManyToOne(() => PlatformEntity, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'platform_id', foreignKeyConstraintName: 'parties_platform_id_fkey' })
  platform?: PlatformEntity;

  @Column('text', { name: 'country_code' })
  countryCode: string;

  @Column('text', { name: 'party_id' })
  partyId: string;

  @Column('text')
  role: Role;

  @Column('text')
  status: ConnectionStatus;

  @Column('timestamptz', { name: 'status_since' })
  statusSince: Date;

  @Column('timestamptz', { name: 'known_since', default: () => 'now()' })
  knownSince: Date;

  /** What was announced last, and as whose: the announcer's own, which no other write of a party touches. */
  @Column('text', { name: 'announced_status', nullable: true })
  announcedStatus?: ConnectionStatus | null;

  @Column('uuid', { name: 'announced_platform_id', nullable: true })
  announcedPlatformId?: string | null;

  /** False once its platform gave it up: another platform may then take the row over. */
  @Column('boolean')
  held: boolean;

  /** It sent or got a message that succeeded: noted by the status keeper, touched by no other write. */
  @Column('boolean', { default: false })
  exchanged?: boolean;

  @Column('jsonb', { name: 'business_details', nullable: true })
  businessDetails: object | null;
}
