import { ApiExtraModels, ApiProperty, ApiPropertyOptional, getSchemaPath } from '@nestjs/swagger';
import { type Agreement, type Effect, type Side } from '@app/hub';
import { EFFECTS, SideInput } from './agreement-input';

const AT = '2026-01-01T00:00:00.000Z';
const ID = '7d1c2d5e-3f55-4a0a-9f0c-3c5b6d0f2a11';
const SIDE = {
  oneOf: [{ type: 'string', enum: ['*'] }, { $ref: getSchemaPath(SideInput) }],
  example: { country_code: 'NL', party_id: 'TNM' },
};

@ApiExtraModels(SideInput)
export class AgreementView {
  @ApiProperty({ format: 'uuid', example: ID }) id: string;
  @ApiProperty(SIDE) from: '*' | SideInput;
  @ApiProperty(SIDE) to: '*' | SideInput;
  @ApiProperty({ type: [String], example: ['locations', 'tariffs'] }) modules: readonly string[];
  @ApiProperty({ enum: EFFECTS, example: 'allow' }) effect: Effect;
  @ApiProperty({ example: true }) both_ways: boolean;
  @ApiPropertyOptional({ format: 'date-time', example: AT, description: 'Inclusive; left out: always.' })
  valid_from?: string;
  @ApiPropertyOptional({ format: 'date-time', example: AT, description: 'Exclusive; left out: for ever.' })
  valid_until?: string;
  @ApiPropertyOptional({ example: 'Contract 2026-17' }) note?: string;
}

export class AgreementPage {
  @ApiProperty({ type: [AgreementView] }) data: AgreementView[];
  @ApiProperty({ type: String, nullable: true, description: 'Null on the last page.' })
  next_cursor: string | null;
}

/** An agreement as the API shows it; what it does not limit is left out. */
export function agreementView(agreement: Agreement): AgreementView {
  const { id, from, to, modules, effect, bothWays, validFrom, validUntil, note } = agreement;
  return {
    ...{ id, from: sideView(from), to: sideView(to), modules, effect, both_ways: bothWays },
    ...(validFrom && { valid_from: validFrom.toISOString() }),
    ...(validUntil && { valid_until: validUntil.toISOString() }),
    ...(note !== null && { note }),
  };
}

function sideView(side: Side): '*' | SideInput {
  if (side === '*') return '*';
  const { countryCode: country_code, partyId: party_id, role } = side;
  return { country_code, party_id, ...(role && { role }) };
}
