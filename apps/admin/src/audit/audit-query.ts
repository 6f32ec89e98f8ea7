import { ApiPropertyOptional } from '@nestjs/swagger';
import { AUDIT_OUTCOMES, type AuditFilter, type AuditOutcome } from '@app/hub';
import { IsIn, IsOptional, Length } from 'class-validator';
import { PageQuery } from '../paging';
import { invalid } from '../problem';
import { IsName, IsPrintable, IsTimestamp, toDate } from '../rules';

const MAX_ACTION_LENGTH = 100;
const MAX_TARGET_LENGTH = 255;
/** What was, or may have been, changed, and what was read that is kept from most. */
const OF_CONSEQUENCE: readonly AuditOutcome[] = ['changed', 'failed', 'read', 'open'];

export class AuditQuery extends PageQuery {
  @ApiPropertyOptional({ example: 'Night shift', description: 'Id or name of a key, or `ADMIN_API_KEY`.' })
  @IsOptional()
  @IsName()
  actor?: string;

  @ApiPropertyOptional({ example: 'suspendPlatform', description: '`operationId` of a call of this API.' })
  @IsOptional()
  @Length(1, MAX_ACTION_LENGTH)
  @IsPrintable()
  action?: string;

  @ApiPropertyOptional({
    example: 'platforms/7d1c2d5e-3f55-4a0a-9f0c-3c5b6d0f2a11',
    description: 'Path below `/admin/v1/` of what was changed; what lies below it is found too.',
  })
  @IsOptional()
  @Length(1, MAX_TARGET_LENGTH)
  @IsPrintable()
  target?: string;

  @ApiPropertyOptional({
    enum: AUDIT_OUTCOMES,
    example: 'refused',
    description:
      'Left out: changes, what may be one, and reads of payloads: `changed`, `failed`, `read` and `open`.',
  })
  @IsOptional()
  @IsIn(AUDIT_OUTCOMES)
  outcome?: AuditOutcome;

  @ApiPropertyOptional({ format: 'date-time', example: '2026-01-31T08:00:00Z', description: 'Inclusive.' })
  @IsOptional()
  @IsTimestamp()
  since?: string;

  @ApiPropertyOptional({ format: 'date-time', example: '2026-01-31T09:00:00Z', description: 'Exclusive.' })
  @IsOptional()
  @IsTimestamp()
  until?: string;
}

/**
 * What the log is asked for.
 *
 * @throws Problem `invalid_input` when `until` is not after `since`
 */
export function auditFilter({ actor, action, target, outcome, ...query }: AuditQuery): AuditFilter {
  const since = query.since === undefined ? undefined : toDate(query.since);
  const until = query.until === undefined ? undefined : toDate(query.until);
  if (since && until && until <= since) throw invalid('until', 'until must be after since');
  return {
    actor,
    action,
    target,
    since,
    until,
    outcomes: outcome === undefined ? OF_CONSEQUENCE : [outcome],
  };
}
