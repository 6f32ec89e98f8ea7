import { ApiProperty } from '@nestjs/swagger';
import {
  API_ROLES,
  type ApiRole,
  AUDIT_OUTCOMES,
  type AuditEntry,
  type AuditOutcome,
  type AuditSummary,
} from '@app/hub';

const AT = '2026-01-31T08:00:00.000Z';
const ID = '7d1c2d5e-3f55-4a0a-9f0c-3c5b6d0f2a11';
const STATE = { type: 'object', additionalProperties: true, nullable: true } as const;

class ActorView {
  @ApiProperty({
    type: String,
    nullable: true,
    format: 'uuid',
    example: ID,
    description: 'Null: `ADMIN_API_KEY`.',
  })
  id: string | null;
  @ApiProperty({ example: 'Night shift' }) name: string;
  @ApiProperty({ enum: API_ROLES, example: 'operator', description: 'At that time.' }) role: ApiRole;
}

class AuditSummaryView {
  @ApiProperty({ format: 'uuid', example: ID }) id: string;
  @ApiProperty({ format: 'date-time', example: AT, description: 'When it began.' }) at: string;
  @ApiProperty({ type: ActorView }) actor: ActorView;
  @ApiProperty({ example: 'suspendPlatform', description: '`operationId` of the call.' }) action: string;
  @ApiProperty({ example: `platforms/${ID}`, description: 'Path below `/admin/v1/`.' }) target: string;
  @ApiProperty({
    enum: AUDIT_OUTCOMES,
    example: 'changed',
    description:
      '`unchanged`: a dry run or a repetition. `refused`: for the reason in `error`. `failed`: an internal error, it may have changed something. `read`: captured payloads were shown. `open`: under way, or the process ended in the middle of it.',
  })
  outcome: AuditOutcome;
  @ApiProperty({
    type: String,
    nullable: true,
    example: 'not_found',
    description: '`code` of the error answer.',
  })
  error: string | null;
  @ApiProperty({ type: String, nullable: true, format: 'date-time', example: AT }) ended_at: string | null;
}

export class AuditEntryView extends AuditSummaryView {
  @ApiProperty({
    ...STATE,
    example: { body: { name: 'Example Charging' } },
    description: 'Body and query of the call, secrets masked.',
  })
  input: object | null;
  @ApiProperty({
    ...STATE,
    example: { hosts: [] },
    description: 'What a GET of the target answered before; null: there was none.',
  })
  before: object | null;
  @ApiProperty({
    ...STATE,
    example: { hosts: ['callbacks.example.com'] },
    description: 'The same after it; null: there is none any more, or it is not known.',
  })
  after: object | null;
}

export class AuditPage {
  @ApiProperty({ type: [AuditSummaryView] }) data: AuditSummaryView[];
  @ApiProperty({ type: String, nullable: true, description: 'Null on the last page.' })
  next_cursor: string | null;
}

/** An entry in a list. */
export function auditSummaryView(entry: AuditSummary): AuditSummaryView {
  const { id, actor, action, target, outcome, error } = entry;
  const times = { at: entry.at.toISOString(), ended_at: entry.endedAt?.toISOString() ?? null };
  return { id, at: times.at, actor, action, target, outcome, error, ended_at: times.ended_at };
}

/** An entry whole. */
export function auditEntryView(entry: AuditEntry): AuditEntryView {
  const { input, before, after } = entry;
  return { ...auditSummaryView(entry), input, before, after };
}
