import { ApiPropertyOptional } from '@nestjs/swagger';
import { MAX_CORRELATION_ID_CHARACTERS, type MessageFilter } from '@app/hub';
import { type Method, METHODS } from '@app/ocpi';
import { Transform } from 'class-transformer';
import { IsBoolean, IsIn, IsOptional, IsUUID, Length } from 'class-validator';
import { PageQuery, toInt } from '../paging';
import { invalid } from '../problem';
import {
  IsErrorCode,
  IsModuleFilter,
  IsPartyKey,
  IsPrintable,
  IsTimestamp,
  IsWhole,
  toBoolean,
  toDate,
  toPartyKey,
} from '../rules';

const MAX_MODULE_LENGTH = 64;

export class MessageQuery extends PageQuery {
  @ApiPropertyOptional({
    example: '6f3c1b0e-55b5-4e3b-8a7b-0b8a0c7f5a10',
    maxLength: MAX_CORRELATION_ID_CHARACTERS,
  })
  @IsOptional()
  @Length(1, MAX_CORRELATION_ID_CHARACTERS)
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

  @ApiPropertyOptional({
    format: 'uuid',
    example: '7d1c2d5e-3f55-4a0a-9f0c-3c5b6d0f2a11',
    description:
      'Platform that sent it or was sent it. What was refused before its receiver was chosen is with its sender; `to` finds it too.',
  })
  @IsOptional()
  @IsUUID()
  platform?: string;

  @ApiPropertyOptional({ example: 'locations', maxLength: MAX_MODULE_LENGTH, description: 'ModuleID.' })
  @IsOptional()
  @IsModuleFilter()
  module?: string;

  @ApiPropertyOptional({ enum: METHODS, example: 'PUT' })
  @IsOptional()
  @IsIn(METHODS)
  method?: Method;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 100,
    maximum: 599,
    example: 404,
    description: 'HTTP status.',
  })
  @IsOptional()
  @Transform(toInt)
  @IsWhole(100, 599)
  http_status?: number;

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

  @ApiPropertyOptional({
    example: 'receiver_unknown',
    description:
      'Why the hub refused, as `error` of a message says it; of an attempt of a delivery also `http_503` or `ocpi_3000`.',
  })
  @IsOptional()
  @IsErrorCode()
  error?: string;

  @ApiPropertyOptional({
    example: true,
    description:
      '`true`: refused or not answered in success (an `error`, an HTTP status of 400 or more, an OCPI status other than 1xxx); `false`: the others.',
  })
  @IsOptional()
  @Transform(toBoolean)
  @IsBoolean({ message: '$property must be true or false' })
  failed?: boolean;

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
    platform: query.platform?.toLowerCase(),
    module: query.module,
    method: query.method,
    httpStatus: query.http_status,
    statusCode: query.status_code,
    error: query.error,
    failed: query.failed,
    since: query.since === undefined ? undefined : toDate(query.since),
    until: query.until === undefined ? undefined : toDate(query.until),
  };
  if (filter.since && filter.until && filter.until <= filter.since) {
    throw invalid('until', 'until must be after since');
  }
  return filter;
}
