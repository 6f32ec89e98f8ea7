import { API_ROLES, type ApiRole, AUDIT_OUTCOMES, type AuditOutcome } from '@app/hub';
import { Check, Column, Entity, Index, JoinColumn, OneToOne, PrimaryColumn } from 'typeorm';
import { oneOf } from './one-of';

/** What is about to be done. Triggers refuse to change or remove rows of both tables. */
@Entity('audit_entries')
@Check('audit_entries_actor_role_check', oneOf('actor_role', API_ROLES))
@Index('audit_entries_at_idx', ['at', 'id'])
export class AuditEntryEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'audit_entries_pkey' })
  id: string;

  @Column('timestamptz')
  at: Date;

  /** No foreign key: the log outlives everything it speaks of. */
  @Column('uuid', { name: 'actor_id', nullable: true })
  actorId: string | null;

  @Column('text', { name: 'actor_name' })
  actorName: string;

  @Column('text', { name: 'actor_role' })
  actorRole: ApiRole;

  @Column('text')
  action: string;

  @Column('text')
  target: string;

  @Column('json', { nullable: true })
  input: object | null;

  @Column('json', { nullable: true })
  before: object | null;
}

/** How it ended. */
@Entity('audit_outcomes')
@Check(
  'audit_outcomes_outcome_check',
  oneOf(
    'outcome',
    AUDIT_OUTCOMES.filter((outcome) => outcome !== 'open'),
  ),
)
export class AuditOutcomeEntity {
  @PrimaryColumn('uuid', { name: 'entry_id', primaryKeyConstraintName: 'audit_outcomes_pkey' })
  entryId: string;

  @OneToOne(() => AuditEntryEntity)
  @JoinColumn({ name: 'entry_id', foreignKeyConstraintName: 'audit_outcomes_entry_id_fkey' })
  entry?: AuditEntryEntity;

  @Column('timestamptz')
  at: Date;

  @Column('text')
  outcome: Exclude<AuditOutcome, 'open'>;

  @Column('text', { nullable: true })
  error: string | null;

  @Column('text', { nullable: true })
  target: string | null;

  @Column('json', { nullable: true })
  after: object | null;
}
