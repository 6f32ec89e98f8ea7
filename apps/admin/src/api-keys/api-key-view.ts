import { ApiProperty } from '@nestjs/swagger';
import { API_ROLES, type ApiKeyRecord, type ApiRole } from '@app/hub';

const AT = '2026-01-31T08:00:00.000Z';
const TIME_OR_NULL = { type: String, nullable: true, format: 'date-time', example: AT } as const;

export class ApiKeyView {
  @ApiProperty({ format: 'uuid', example: '7d1c2d5e-3f55-4a0a-9f0c-3c5b6d0f2a11' }) id: string;
  @ApiProperty({ example: 'Night shift' }) name: string;
  @ApiProperty({ enum: API_ROLES, example: 'operator' }) role: ApiRole;
  @ApiProperty({ format: 'date-time', example: AT }) created_at: string;
  @ApiProperty({ ...TIME_OR_NULL, description: 'Null: it does not expire.' }) expires_at: string | null;
  @ApiProperty({ ...TIME_OR_NULL, description: 'Null: it was not revoked.' }) revoked_at: string | null;
  @ApiProperty({ ...TIME_OR_NULL, description: 'To a minute; null: it was never used.' })
  last_used_at: string | null;
}

export class CreatedApiKeyView extends ApiKeyView {
  @ApiProperty({
    example: 'ohk_Vt1Yw0cM0bq7xJ0m7m4cW2fXoB1pJ9c3kQf5r8s2tUw',
    description: 'The key itself, shown this once: only its SHA-256 is kept.',
  })
  key: string;
}

export class ApiKeyPage {
  @ApiProperty({ type: [ApiKeyView] }) data: ApiKeyView[];
  @ApiProperty({ type: String, nullable: true, description: 'Null on the last page.' })
  next_cursor: string | null;
}

/** A key as the API shows it, without itself. */
export function apiKeyView(key: ApiKeyRecord): ApiKeyView {
  return {
    ...{ id: key.id, name: key.name, role: key.role },
    created_at: key.createdAt.toISOString(),
    expires_at: key.expiresAt?.toISOString() ?? null,
    revoked_at: key.revokedAt?.toISOString() ?? null,
    last_used_at: key.lastUsedAt?.toISOString() ?? null,
  };
}
