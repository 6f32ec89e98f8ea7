import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A key under which something was created once. */
@Entity('idempotency_keys')
@Index('idempotency_keys_expires_at_idx', ['expiresAt'])
export class IdempotencyKeyEntity {
  /** SHA-256 of the caller's key, hex. */
  @PrimaryColumn('text', { primaryKeyConstraintName: 'idempotency_keys_pkey' })
  key: string;

  /** What was asked for under it. */
  @Column('text')
  request: string;

  /** What was answered, sealed (see `seal.ts`): it may hold a token. Null only within its transaction. */
  @Column('bytea', { nullable: true })
  answer: Buffer | null;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt: Date;
}
