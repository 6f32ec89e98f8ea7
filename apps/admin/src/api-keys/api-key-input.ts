import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { API_ROLES, type ApiRole } from '@app/hub';
import { IsIn, IsOptional } from 'class-validator';
import { FIRST_KEY_NAME } from '../access';
import { invalid } from '../problem';
import { IsName, IsTimestamp, MAX_NAME_LENGTH, toDate } from '../rules';

export class ApiKeyInput {
  @ApiProperty({ example: 'Night shift', minLength: 1, maxLength: MAX_NAME_LENGTH })
  @IsName()
  name: string;

  @ApiProperty({
    enum: API_ROLES,
    example: 'operator',
    description: '`viewer` may look, `operator` may do everything but keys, `owner` everything.',
  })
  @IsIn(API_ROLES)
  role: ApiRole;

  @ApiPropertyOptional({
    format: 'date-time',
    example: '2027-01-01T00:00:00Z',
    description: 'From then on it is refused; left out: never.',
  })
  @IsOptional()
  @IsTimestamp()
  expires_at?: string;
}

/** When the key expires. @throws Problem `invalid_input` when that is not in the future */
export function expiryOf({ expires_at }: ApiKeyInput, now: Date): Date | null {
  const expiresAt = (expires_at && toDate(expires_at)) || null;
  if (expiresAt !== null && expiresAt <= now) throw invalid('expires_at', 'expires_at must be in the future');
  return expiresAt;
}

/** What the key is called. @throws Problem `invalid_input` when that is the name of the first owner's */
export function nameOf({ name }: ApiKeyInput): string {
  const given = name.trim();
  if (given.toUpperCase() !== FIRST_KEY_NAME) return given;
  throw invalid('name', 'name must not be the one under which the audit log shows the first owner');
}
