import { ApiPropertyOptional } from '@nestjs/swagger';
import { type MessageFilter } from '@app/hub';
import { Transform } from 'class-transformer';
import { IsOptional, Length } from 'class-validator';
import { PageQuery, toInt } from '../paging';
import { invalid } from '../problem';
import { IsPartyKey, IsPrintable, IsTimestamp, IsWhole, toDate, toPartyKey } from '../rules';

/** Longer ids are cut nowhere and made by nobody: UUIDs have 36 characters. */
const MAX_ID_LENGTH = 255;
const MAX_MODULE_LENGTH = 64;

export class MessageQuery extends PageQuery {
  @ApiPropertyOptional({ example: '6f3c1b0e-55b5-4e3b-8a7b-0b8a0c7f5a10', maxLength: MAX_ID_LENGTH })
  @IsOptional()
  @Length(1, MAX_ID_LENGTH)
  @IsPrintable()
  correlation_id?: string;

  @ApiPropertyOptional({ example: 'NL*TNM', description: 'Sending party, `NL*TNM` or `NL-TNM`.' })
  @IsOptional()
  @IsPartyKey()
  from?: string;

  @ApiPropertyOptional({ example: 'DE-ABC', description: 'Receiving party, `NL*TNM` or `NL-TNM`.' })
  @IsOptional()
  @IsPartyKey()
  to?: string;

  @ApiPropertyOptional({ example: 'locations', maxLength: MAX_MODULE_LENGTH, description: 'ModuleID.' })
  @IsOptional()
  @Length(1, MAX_MODULE_LENGTH)
  @IsPrintable()
  module?: string;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1000,
    maximum: 4999,
    example: 4003,
    description: 'OCPI status.',
  })
  @IsOptional()
  @Transform(toInt)
  @IsWhole(1000, 4999)
  status_code?: number;

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
 * What the archive is asked for.
 *
 * @throws Problem `invalid_input` when `until` is not after `since`
 */
export function messageFilter(query: MessageQuery): MessageFilter {
  const filter = {
    correlationId: query.correlation_id,
    from: query.from && toPartyKey(query.from),
    to: query.to && toPartyKey(query.to),
    module: query.module,
    statusCode: query.status_code,
    since: query.since === undefined ? undefined : toDate(query.since),
    until: query.until === undefined ? undefined : toDate(query.until),
  };
  if (filter.since && filter.until && filter.until <= filter.since) {
    throw invalid('until', 'until must be after since');
  }
  return filter;
}
