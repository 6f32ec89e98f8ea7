import { ApiPropertyOptional } from '@nestjs/swagger';
import { CONNECTION_STATUSES, type ConnectionStatus } from '@app/hub';
import { type Role } from '@app/ocpi';
import { IsIn, IsOptional } from 'class-validator';
import { PageQuery } from '../paging';
import { PEER_ROLES } from '../platforms';

export class PartyQuery extends PageQuery {
  @ApiPropertyOptional({ enum: PEER_ROLES, example: 'CPO' })
  @IsOptional()
  @IsIn(PEER_ROLES)
  role?: Role;

  @ApiPropertyOptional({ enum: CONNECTION_STATUSES, example: 'CONNECTED' })
  @IsOptional()
  @IsIn(CONNECTION_STATUSES)
  status?: ConnectionStatus;
}
