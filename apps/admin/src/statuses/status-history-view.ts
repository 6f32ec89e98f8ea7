import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  CONNECTION_STATUSES,
  type ConnectionStatus,
  STATUS_REASONS,
  type StatusChange,
  type StatusReason,
} from '@app/hub';
import { type Role } from '@app/ocpi';
import { IsIn, IsOptional } from 'class-validator';
import { PageQuery } from '../paging';
import { PEER_ROLES } from '../platforms';

export class HistoryQuery extends PageQuery {
  @ApiPropertyOptional({
    enum: PEER_ROLES,
    example: 'CPO',
    description: 'One role of a pair that has several.',
  })
  @IsOptional()
  @IsIn(PEER_ROLES)
  role?: Role;
}

class StatusChangeView {
  @ApiProperty({ format: 'date-time', example: '2026-01-31T08:00:00.000Z' }) at: string;
  @ApiProperty({ enum: PEER_ROLES, example: 'CPO' }) role: Role;
  @ApiProperty({ enum: CONNECTION_STATUSES, example: 'OFFLINE', description: 'The status from then on.' })
  status: ConnectionStatus;
  @ApiProperty({ enum: STATUS_REASONS, example: 'silence', description: 'What changed it.' })
  reason: StatusReason;
  @ApiProperty({
    format: 'uuid',
    example: '7d1c2d5e-3f55-4a0a-9f0c-3c5b6d0f2a11',
    description: 'The platform that had the party then.',
  })
  platform_id: string;
}

export class StatusHistoryPage {
  @ApiProperty({ type: [StatusChangeView] }) data: StatusChangeView[];
  @ApiProperty({ type: String, nullable: true, description: 'Null on the last page.' })
  next_cursor: string | null;
}

/** One change of a party's status. */
export function statusChangeView({ at, party, status, reason, platformId }: StatusChange): StatusChangeView {
  return { at: at.toISOString(), role: party.role, status, reason, platform_id: platformId };
}
