import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { PlatformEntity } from './platform';

const KEY = { primaryKeyConstraintName: 'objects_pkey' } as const;

/**
 * An object that is for everybody, as its owner last sent it. A deleted one stays for a while as a row without a
 * body, so that a list that was pulled before does not bring it back.
 */
@Entity('objects')
@Index('objects_deleted_at_idx', ['deletedAt'], { where: 'deleted_at IS NOT NULL' })
@Check('objects_owner_check', `owner ~ '^[A-Z]{2}[*][A-Z0-9]{3}$'`)
@Check('objects_body_check', '(body IS NULL) = (deleted_at IS NOT NULL)')
// These two carry further columns, which decorators cannot say.
@Index('objects_seq_idx', { synchronize: false })
@Index('objects_last_updated_idx', { synchronize: false })
@Index('objects_owner_idx', ['owner', 'platformId', 'module', 'seenAt'])
@Index('objects_platform_id_idx', ['platformId'])
export class ObjectEntity {
  @PrimaryColumn('text', KEY)
  module: string;

  /** Upper case: ids are compared case-insensitively, and the body has it as its owner writes it. */
  @PrimaryColumn('text', { name: 'object_id', ...KEY })
  objectId: string;

  @PrimaryColumn('text', KEY)
  type: string;

  /** `NL*TNM` */
  @PrimaryColumn('text', KEY)
  owner: string;

  @PrimaryColumn('uuid', { name: 'platform_id', ...KEY })
  platformId: string;

  @ManyToOne(() => PlatformEntity, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'platform_id', foreignKeyConstraintName: 'objects_platform_id_fkey' })
  platform?: PlatformEntity;

  /** Grows with each object that is new: the order of lists, which no update and no deletion changes. */
  @Column('bigint')
  seq: string;

  /** As the object says. */
  @Column('timestamptz', { name: 'last_updated' })
  lastUpdated: Date;

  /** When it was last pushed or listed. */
  @Column('timestamptz', { name: 'seen_at' })
  seenAt: Date;

  /** Of its last push; null: only pulls brought it. */
  @Column('timestamptz', { name: 'pushed_at', nullable: true })
  pushedAt: Date | null;

  @Column('timestamptz', { name: 'deleted_at', nullable: true })
  deletedAt: Date | null;

  @Column('bytea', { nullable: true })
  body: Buffer | null;
}

/** How many objects of an owner there are on its platform, deleted ones left out; kept by triggers on `objects`. */
@Entity('object_counts')
export class ObjectCountEntity {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'object_counts_pkey' })
  module: string;

  @PrimaryColumn('text', { primaryKeyConstraintName: 'object_counts_pkey' })
  owner: string;

  @PrimaryColumn('uuid', { name: 'platform_id', primaryKeyConstraintName: 'object_counts_pkey' })
  platformId: string;

  @Column('bigint')
  count: string;
}
