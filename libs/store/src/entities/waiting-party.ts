import { type Role, ROLES } from '@app/ocpi';
import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { oneOf } from './one-of';
import { PlatformEntity } from './platform';

const KEY = { primaryKeyConstraintName: 'waiting_parties_pkey' } as const;

/** A party that a platform claims and the operator did not approve yet. It holds nothing and keeps no platform from it. */
@Entity('waiting_parties')
@Check('waiting_parties_country_code_check', `country_code ~ '^[A-Z]{2}$'`)
@Check('waiting_parties_party_id_check', `party_id ~ '^[A-Z0-9]{3}$'`)
@Check('waiting_parties_role_check', oneOf('role', ROLES))
@Index('waiting_parties_party_idx', ['countryCode', 'partyId', 'role'])
export class WaitingPartyEntity {
  @PrimaryColumn('uuid', { name: 'platform_id', ...KEY })
  platformId: string;

  @ManyToOne(() => PlatformEntity, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'platform_id', foreignKeyConstraintName: 'waiting_parties_platform_id_fkey' })
  platform?: PlatformEntity;

  @PrimaryColumn('text', { name: 'country_code', ...KEY })
  countryCode: string;

  @PrimaryColumn('text', { name: 'party_id', ...KEY })
  partyId: string;

  @PrimaryColumn('text', KEY)
  role: Role;

  @Column('timestamptz')
  since: Date;

  @Column('jsonb', { name: 'business_details', nullable: true })
  businessDetails: object | null;
}
