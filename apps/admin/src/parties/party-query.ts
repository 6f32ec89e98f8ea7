import { ApiPropertyOptional } from '@nestjs/swagger';
import { PARTY_STATUSES, type PartyStatus } from '@app/hub';
import { type Role } from '@app/ocpi';
import { IsIn, IsOptional } from 'class-validator';
import { PageQuery } from '../paging';
import { PEER_ROLES } from '../platforms';

export class PartyQuery extends PageQuery {
  @ApiPropertyOptional({ enum: PEER_ROLES, example: 'CPO' })
  @IsOptional()
  @IsIn(PEER_ROLES)
  role?: Role;

  @ApiPropertyOptional({ enum: PARTY_STATUSES, example: 'CONNECTED' })
  @IsOptional()
  @IsIn(PARTY_STATUSES)
  status?: PartyStatus;
}
