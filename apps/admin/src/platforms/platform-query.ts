import { ApiPropertyOptional } from '@nestjs/swagger';
import { CONNECTION_STATUSES, type ConnectionStatus, type PlatformFilter } from '@app/hub';
import { IsIn, IsOptional } from 'class-validator';
import { PageQuery } from '../paging';
import { IsName, IsPartyKey, MAX_NAME_LENGTH, toPartyId } from '../rules';

export class PlatformQuery extends PageQuery {
  @ApiPropertyOptional({
    example: 'charging',
    minLength: 1,
    maxLength: MAX_NAME_LENGTH,
    description: 'A part of the name, in any case.',
  })
  @IsOptional()
  @IsName()
  name?: string;

  @ApiPropertyOptional({
    enum: CONNECTION_STATUSES,
    example: 'CONNECTED',
    description: 'Status of the platform.',
  })
  @IsOptional()
  @IsIn(CONNECTION_STATUSES)
  status?: ConnectionStatus;

  @ApiPropertyOptional({
    example: 'NL*TNM',
    description:
      'Those that hold this party in whichever role, `NL*TNM` or `NL-TNM`, announced or registered.',
  })
  @IsOptional()
  @IsPartyKey()
  party?: string;
}

/** Which platforms the list is to show. */
export function platformFilter({ name, status, party }: PlatformQuery): PlatformFilter {
  return { name, status, party: party === undefined ? undefined : toPartyId(party) };
}
