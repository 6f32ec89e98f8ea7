import { ApiExtraModels, ApiProperty, ApiPropertyOptional, getSchemaPath } from '@nestjs/swagger';
import { type Effect, type NewAgreement, type Side } from '@app/hub';
import { parsePartyId, type Role } from '@app/ocpi';
import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsObject,
  IsOptional,
  Length,
  Matches,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { PageQuery } from '../paging';
import { PEER_ROLES } from '../platforms';
import { invalid } from '../problem';
import {
  IsCountryCode,
  IsModuleIdOrAll,
  IsPartyId,
  IsPartyKey,
  IsPeerRole,
  IsTimestamp,
  toBoolean,
  toDate,
} from '../rules';

const EVERYBODY = '*';
const MAX_MODULES = 50;
const MAX_NOTE_LENGTH = 500;
export const EFFECTS: readonly Effect[] = ['allow', 'deny'];
const NO_SIDE =
  '$property must be "*" or a party {country_code, party_id, role?} (in CSV *, NL*TNM or NL*TNM/CPO)';

/** One side of an agreement that is not everybody. */
export class SideInput {
  @ApiProperty({ example: 'NL', description: 'ISO-3166 alpha-2, in any case.' })
  @IsCountryCode()
  country_code: string;

  @ApiProperty({ example: 'TNM', description: 'Three characters, in any case.' })
  @IsPartyId()
  party_id: string;

  @ApiPropertyOptional({ enum: PEER_ROLES, example: 'CPO', description: 'Left out: in every role.' })
  @IsOptional()
  @IsPeerRole()
  role?: Role;
}

type SideName = 'from' | 'to';

const EXAMPLES = {
  from: { country_code: 'NL', party_id: 'TNM' },
  to: { country_code: 'DE', party_id: 'ABC' },
} as const satisfies Record<SideName, object>;

function IsSide(name: SideName): PropertyDecorator {
  const decorators = [
    ApiProperty({
      oneOf: [{ type: 'string', enum: [EVERYBODY] }, { $ref: getSchemaPath(SideInput) }],
      example: EXAMPLES[name],
      description: '`"*"` is everybody.',
    }),
    ValidateIf((input: AgreementInput) => input[name] !== EVERYBODY),
    IsObject({ message: NO_SIDE }),
    ValidateNested({ message: NO_SIDE }),
    Type(() => SideInput),
  ];
  return (target, property) => {
    for (const decorate of decorators) decorate(target, property);
  };
}

@ApiExtraModels(SideInput)
export class AgreementInput {
  @IsSide('from')
  from: '*' | SideInput;

  @IsSide('to')
  to: '*' | SideInput;

  @ApiProperty({
    type: [String],
    minItems: 1,
    maxItems: MAX_MODULES,
    example: ['locations', 'tariffs'],
    description: 'ModuleIDs, custom ones included, or `["*"]` for all.',
  })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MAX_MODULES)
  @IsModuleIdOrAll({ each: true })
  modules: string[];

  @ApiProperty({ enum: EFFECTS, example: 'allow', description: 'A matching `deny` wins over every `allow`.' })
  @IsIn(EFFECTS)
  effect: Effect;

  @ApiPropertyOptional({ default: true, description: 'Also holds for messages from `to` to `from`.' })
  @IsOptional()
  @IsBoolean()
  both_ways?: boolean;

  @ApiPropertyOptional({ format: 'date-time', example: '2026-01-01T00:00:00Z', description: 'Inclusive.' })
  @IsOptional()
  @IsTimestamp()
  valid_from?: string;

  @ApiPropertyOptional({ format: 'date-time', example: '2027-01-01T00:00:00Z', description: 'Exclusive.' })
  @IsOptional()
  @IsTimestamp()
  valid_until?: string;

  @ApiPropertyOptional({ example: 'Contract 2026-17', maxLength: MAX_NOTE_LENGTH })
  @IsOptional()
  @Length(0, MAX_NOTE_LENGTH)
  @Matches(/^\P{Cc}*$/u, { message: 'note must have no control characters' })
  note?: string;
}

export class AgreementQuery extends PageQuery {
  @ApiPropertyOptional({ example: 'NL*TNM', description: 'Those that name this pair, on either side.' })
  @IsOptional()
  @IsPartyKey()
  party?: string;
}

export class ImportQuery {
  @ApiPropertyOptional({
    type: 'boolean',
    default: false,
    description: 'Tell what would change, and change nothing.',
  })
  @IsOptional()
  @Transform(toBoolean)
  @IsBoolean()
  dry_run?: boolean;
}

/**
 * The agreement that an input describes.
 *
 * @throws Problem `invalid_input` when `*` stands beside other modules, or `valid_until` is not after `valid_from`
 */
export function newAgreement(input: AgreementInput): NewAgreement {
  const modules = [...new Set(input.modules)];
  if (modules.includes('*') && modules.length > 1) {
    throw invalid('modules', 'modules must be ["*"] when one of them is *');
  }
  const [validFrom, validUntil] = [dateOf(input.valid_from), dateOf(input.valid_until)];
  if (validFrom && validUntil && validUntil <= validFrom) {
    throw invalid('valid_until', 'valid_until must be after valid_from');
  }
  return {
    from: sideOf(input.from),
    to: sideOf(input.to),
    modules,
    effect: input.effect,
    bothWays: input.both_ways ?? true,
    validFrom,
    validUntil,
    note: input.note || null,
  };
}

/**
 * An agreement that is made now must have a time ahead of it; one of an import need not.
 *
 * @throws Problem `invalid_input` when `valid_until` is past
 */
export function requireAhead({ validUntil }: NewAgreement, now: Date): void {
  if (validUntil && validUntil <= now) throw invalid('valid_until', 'valid_until must not be past');
}

function sideOf(input: '*' | SideInput): Side {
  if (input === EVERYBODY) return EVERYBODY;
  const pair = parsePartyId(input.country_code, input.party_id)!;
  return input.role ? { ...pair, role: input.role } : pair;
}

function dateOf(text: string | undefined): Date | null {
  return (text && toDate(text)) || null;
}
