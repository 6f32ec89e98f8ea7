import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { type Role, ROLES } from '@app/ocpi';
import { Type } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsOptional, ValidateIf, ValidateNested } from 'class-validator';
import {
  IsCountryCode,
  IsCredentialsToken,
  IsName,
  IsPartyId,
  IsPeerRole,
  IsPeerUrl,
  MAX_NAME_LENGTH,
} from '../rules';

/** More parties than any platform known hosts, few enough for one transaction. */
const MAX_PLANNED_PARTIES = 1000;
export const PEER_ROLES = ROLES.filter((role) => role !== 'HUB');

export class PlannedPartyInput {
  @ApiProperty({ example: 'NL', description: 'ISO-3166 alpha-2, in any case.' })
  @IsCountryCode()
  country_code: string;

  @ApiProperty({ example: 'TNM', description: 'Three characters, in any case.' })
  @IsPartyId()
  party_id: string;

  @ApiProperty({ enum: PEER_ROLES, example: 'CPO' })
  @IsPeerRole()
  role: Role;
}

function IsPlannedParties(): PropertyDecorator {
  return applyDecorators(
    IsArray(),
    ArrayMaxSize(MAX_PLANNED_PARTIES),
    ValidateNested({ each: true }),
    Type(() => PlannedPartyInput),
  );
}

export class PlatformInput {
  @ApiProperty({ example: 'Example Charging', minLength: 1, maxLength: MAX_NAME_LENGTH })
  @IsName()
  name: string;

  @ApiPropertyOptional({
    type: [PlannedPartyInput],
    maxItems: MAX_PLANNED_PARTIES,
    description:
      'Parties announced for this platform: shown as PLANNED until it registers, CONNECTED by its registration, and the only ones it may claim. Parties of a platform for which none are announced wait for approval.',
  })
  @IsOptional()
  @IsPlannedParties()
  planned_parties?: PlannedPartyInput[];
}

const IS_GIVEN = ValidateIf((_input, value) => value !== undefined);

/** What is left out stays as it is; `null` is nothing that it could be. */
export class PlatformChangeInput {
  @ApiPropertyOptional({ example: 'Example Charging', minLength: 1, maxLength: MAX_NAME_LENGTH })
  @IS_GIVEN
  @IsName()
  name?: string;

  @ApiPropertyOptional({
    type: [PlannedPartyInput],
    maxItems: MAX_PLANNED_PARTIES,
    description:
      'All parties that are announced for this platform from now on; none: it may claim any. New ones are PLANNED and its own. Ones that are not among them are free for others, unless they are registered: those stay until the platform updates its credentials.',
  })
  @IS_GIVEN
  @IsPlannedParties()
  planned_parties?: PlannedPartyInput[];

  @ApiPropertyOptional({
    example: 'https://cpo.example.com/ocpi/versions',
    description:
      'Versions URL of a registered platform, in place of a wrong one that it named. The hub asks for it first, with the token of the platform, and keeps it when a list of versions is the answer.',
  })
  @IS_GIVEN
  @IsPeerUrl()
  versions_url?: string;
}

export class ApprovalInput {
  @ApiPropertyOptional({
    type: [PlannedPartyInput],
    minItems: 1,
    maxItems: MAX_PLANNED_PARTIES,
    description: 'Those that are approved; left out: all that wait.',
  })
  @IS_GIVEN
  @ArrayMinSize(1)
  @IsPlannedParties()
  parties?: PlannedPartyInput[];
}

export class RegisterInput {
  @ApiProperty({
    example: 'https://cpo.example.com/ocpi/versions',
    description: 'Versions URL of the platform.',
  })
  @IsPeerUrl()
  versions_url: string;

  @ApiProperty({
    example: 'a-token-that-the-platform-made',
    description: 'The token A that the platform handed out for the hub, not Base64 encoded.',
  })
  @IsCredentialsToken()
  token_a: string;
}
