import { ApiPropertyOptional } from '@nestjs/swagger';
import { type Page, type PageRequest } from '@app/hub';
import { Transform } from 'class-transformer';
import { IsOptional, Length } from 'class-validator';
import { IsPrintable, IsWhole } from './rules';

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 500;
/** Longer than any cursor that a list gives out. */
const MAX_CURSOR_LENGTH = 512;

/** `7` for `"7"`; anything else stays as it is, for the rules after it to refuse. */
export function toInt({ value }: { value: unknown }): unknown {
  return typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value;
}

/** The two query parameters that every list takes. */
export class PageQuery {
  @ApiPropertyOptional({
    type: String,
    maxLength: MAX_CURSOR_LENGTH,
    description: '`next_cursor` of the page before; left out for the first page.',
  })
  @IsOptional()
  @Length(1, MAX_CURSOR_LENGTH)
  @IsPrintable()
  cursor?: string;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: MAX_LIMIT,
    default: DEFAULT_LIMIT,
    example: 50,
  })
  @IsOptional()
  @Transform(toInt)
  @IsWhole(1, MAX_LIMIT)
  limit?: number;
}

/** What a store is asked for. */
export function pageRequest(query: PageQuery): PageRequest {
  return { cursor: query.cursor ?? null, limit: query.limit ?? DEFAULT_LIMIT };
}

/** `{data, next_cursor}`, each item through its view function. */
export function pageView<T, V>(
  page: Page<T>,
  view: (item: T) => V,
): { data: V[]; next_cursor: string | null } {
  return { data: page.data.map(view), next_cursor: page.nextCursor };
}
