import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** One party that has an id. A row for each party, so that an id which several have is seen to be ambiguous. */
@Entity('object_owners')
@Index('object_owners_last_seen_idx', ['lastSeen'])
export class ObjectOwnerEntity {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'object_owners_pkey' })
  kind: string;

  /** `NL*TNM` of the party that the id is unique for; empty when it stands alone. */
  @PrimaryColumn('text', { primaryKeyConstraintName: 'object_owners_pkey' })
  scope: string;

  /** Upper case; of tokens only the keyed hash. */
  @PrimaryColumn('text', { name: 'object_id', primaryKeyConstraintName: 'object_owners_pkey' })
  objectId: string;

  /** `NL*TNM` */
  @PrimaryColumn('text', { primaryKeyConstraintName: 'object_owners_pkey' })
  owner: string;

  @Column('timestamptz', { name: 'last_seen' })
  lastSeen: Date;
}
