import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { invalid } from '../problem';
import { IsWhole } from '../rules';

/** A day: whoever needs more looks at what there is and starts another one. */
const MAX_DURATION_SECONDS = 86_400;
const DURATION_SECONDS = 900;
const MIN_BYTES = 64 * 1024;
/** Unless less is allowed. */
const BYTES = 10 * 1024 * 1024;
const MIN_PAYLOAD_BYTES = 256;
/** Sealing a message with two such bodies takes a process about 3 ms: nobody is to be held up for longer. */
const MAX_PAYLOAD_BYTES = 256 * 1024;
const PAYLOAD_BYTES = 64 * 1024;

const limits = (minimum: number, maximum: number | undefined, fallback: number, description: string) =>
  ApiPropertyOptional({
    type: 'integer',
    minimum,
    ...(maximum !== undefined && { maximum }),
    default: fallback,
    example: fallback,
    description,
  });

/** How long, and how much. */
export class CaptureInput {
  @limits(1, MAX_DURATION_SECONDS, DURATION_SECONDS, 'It ends by itself after this long.')
  @IsOptional()
  @IsWhole(1, MAX_DURATION_SECONDS)
  duration_seconds: number = DURATION_SECONDS;

  @limits(
    MIN_BYTES,
    undefined,
    BYTES,
    'It ends by itself when it takes so much in the database. At most `CAPTURE_MAX_BYTES_PER_PLATFORM`, which is the default when it is less.',
  )
  @IsOptional()
  @IsWhole(MIN_BYTES)
  max_bytes?: number;

  @limits(MIN_PAYLOAD_BYTES, MAX_PAYLOAD_BYTES, PAYLOAD_BYTES, 'Of a longer body its beginning is kept.')
  @IsOptional()
  @IsWhole(MIN_PAYLOAD_BYTES, MAX_PAYLOAD_BYTES)
  max_payload_bytes: number = PAYLOAD_BYTES;
}

/**
 * How much a capture may take.
 *
 * @param most that any may take
 * @throws Problem `invalid_input` when more is asked for
 */
export function maxBytesOf({ max_bytes }: CaptureInput, most: number): number {
  if (max_bytes === undefined) return Math.min(BYTES, most);
  if (max_bytes > most) throw invalid('max_bytes', `max_bytes must not be greater than ${most}`);
  return max_bytes;
}
