import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  DELIVERY_STATES,
  type DeliveryFilter,
  type DeliveryState,
  MAX_CORRELATION_ID_CHARACTERS,
} from '@app/hub';
import { IsIn, IsOptional, IsUUID, Length } from 'class-validator';
import { PageQuery } from '../paging';
import { IsModuleFilter, IsPartyKey, IsPrintable, toPartyKey } from '../rules';

const MAX_MODULE_LENGTH = 64;
/** What can be sent again in one go; those that were discarded were discarded one by one. */
const RETRIED_IN_BULK = ['dead', 'expired'] as const satisfies readonly DeliveryState[];

/** Which deliveries are meant; what is given adds up. */
class DeliverySelection extends PageQuery {
  @ApiPropertyOptional({ example: 'NL*TNM', description: 'Receiving party, `NL*TNM` or `NL-TNM`.' })
  @IsOptional()
  @IsPartyKey()
  receiver?: string;

  @ApiPropertyOptional({ format: 'uuid', description: 'Platform of the receiving party.' })
  @IsOptional()
  @IsUUID()
  platform_id?: string;

  @ApiPropertyOptional({ example: 'locations', maxLength: MAX_MODULE_LENGTH, description: 'ModuleID.' })
  @IsOptional()
  @IsModuleFilter()
  module?: string;

  @ApiPropertyOptional({
    example: '6f3c1b0e-55b5-4e3b-8a7b-0b8a0c7f5a10',
    maxLength: MAX_CORRELATION_ID_CHARACTERS,
  })
  @IsOptional()
  @Length(1, MAX_CORRELATION_ID_CHARACTERS)
  @IsPrintable()
  correlation_id?: string;
}

export class DeliveryQuery extends DeliverySelection {
  @ApiPropertyOptional({ enum: DELIVERY_STATES, example: 'dead' })
  @IsOptional()
  @IsIn(DELIVERY_STATES)
  state?: DeliveryState;
}

export class RetryInput extends DeliverySelection {
  @ApiProperty({ enum: RETRIED_IN_BULK, example: 'dead' })
  @IsIn(RETRIED_IN_BULK)
  state: (typeof RETRIED_IN_BULK)[number];
}

/** What the archive is asked for. */
export function deliveryFilter(query: DeliveryQuery): DeliveryFilter {
  return {
    state: query.state,
    receiver: query.receiver && toPartyKey(query.receiver),
    platformId: query.platform_id,
    module: query.module,
    correlationId: query.correlation_id,
  };
}
