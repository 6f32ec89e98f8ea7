import { type IssuedToken } from '@app/hub';
import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, Unique } from 'typeorm';
import { oneOf } from './one-of';
import { PlatformEntity } from './platform';

/** A credentials token that the hub issued. Only its SHA-256 is kept: a stolen table opens nothing. */
@Entity('credentials_tokens')
@Unique('credentials_tokens_hash_unique', ['hash'])
@Check('credentials_tokens_kind_check', oneOf('kind', ['A', 'C']))
@Index('credentials_tokens_platform_id_idx', ['platformId'])
export class CredentialsTokenEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'credentials_tokens_pkey' })
  id: string;

  @Column('uuid', { name: 'platform_id' })
  platformId: string;

  @ManyToOne(() => PlatformEntity, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'platform_id', foreignKeyConstraintName: 'credentials_tokens_platform_id_fkey' })
  platform?: PlatformEntity;

  /** SHA-256 of the token's UTF-8 bytes, base64. */
  @Column('text')
  hash: string;

  @Column('text')
  kind: IssuedToken['kind'];

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  /** Null on the token that is in force. */
  @Column('timestamptz', { name: 'expires_at', nullable: true })
  expiresAt: Date | null;
}
