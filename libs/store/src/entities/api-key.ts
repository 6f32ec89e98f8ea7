import { API_ROLES, type ApiRole } from '@app/hub';
import { Check, Column, Entity, Index, PrimaryColumn, Unique } from 'typeorm';
import { oneOf } from './one-of';

/** A key of the admin API. It stays when it is revoked: the audit log names it. */
@Entity('api_keys')
@Unique('api_keys_hash_unique', ['hash'])
@Check('api_keys_role_check', oneOf('role', API_ROLES))
@Index('api_keys_created_at_idx', ['createdAt', 'id'])
export class ApiKeyEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'api_keys_pkey' })
  id: string;

  @Column('text')
  name: string;

  @Column('text')
  role: ApiRole;

  /** SHA-256 of the key, Base64. */
  @Column('text')
  hash: string;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  @Column('timestamptz', { name: 'expires_at', nullable: true })
  expiresAt: Date | null;

  @Column('timestamptz', { name: 'revoked_at', nullable: true })
  revokedAt: Date | null;

  @Column('timestamptz', { name: 'last_used_at', nullable: true })
  lastUsedAt: Date | null;
}
