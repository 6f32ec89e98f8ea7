import { type Effect } from '@app/hub';
import { Check, Column, Entity, Index, PrimaryColumn, Unique } from 'typeorm';
import { oneOf } from './one-of';

const SIDE = String.raw`~ '^(\*|[A-Z]{2}\*[A-Z0-9]{3}(/[A-Z]+)?)$'`;

/** One agreement. It is never changed: only made and withdrawn. */
@Entity('agreements')
@Unique('agreements_fingerprint_unique', ['fingerprint'])
@Check('agreements_from_side_check', `from_side ${SIDE}`)
@Check('agreements_to_side_check', `to_side ${SIDE}`)
@Check('agreements_effect_check', oneOf('effect', ['allow', 'deny']))
@Index('agreements_created_at_idx', ['createdAt', 'id'])
export class AgreementEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'agreements_pkey' })
  id: string;

  /** SHA-256 of what it says (`agreementKey`), hex: the same rule is there once. */
  @Column('text')
  fingerprint: string;

  /** `*`, `NL*TNM` or `NL*TNM/CPO`. */
  @Column('text', { name: 'from_side' })
  from: string;

  @Column('text', { name: 'to_side' })
  to: string;

  @Column('text', { array: true })
  modules: string[];

  @Column('text')
  effect: Effect;

  @Column('boolean', { name: 'both_ways' })
  bothWays: boolean;

  @Column('timestamptz', { name: 'valid_from', nullable: true })
  validFrom: Date | null;

  @Column('timestamptz', { name: 'valid_until', nullable: true })
  validUntil: Date | null;

  @Column('text', { nullable: true })
  note: string | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;
}
