import { ApiProperty } from '@nestjs/swagger';
import { type Capture } from '@app/hub';

const AT = '2026-01-31T08:00:00.000Z';
const STATES = ['running', 'ended'] as const;

export class CaptureView {
  @ApiProperty({ format: 'uuid', example: '7d1c2d5e-3f55-4a0a-9f0c-3c5b6d0f2a11' }) id: string;
  @ApiProperty({ enum: STATES, example: 'running' }) state: (typeof STATES)[number];
  @ApiProperty({ format: 'date-time', example: AT }) started_at: string;
  @ApiProperty({ format: 'date-time', example: AT, description: 'When it ends, or ended.' }) ends_at: string;
  @ApiProperty({ format: 'date-time', example: AT, description: 'When all that it captured is deleted.' })
  deleted_at: string;
  @ApiProperty({ type: 'integer', example: 10_485_760 }) max_bytes: number;
  @ApiProperty({ type: 'integer', example: 65_536 }) max_payload_bytes: number;
  @ApiProperty({ type: 'integer', example: 24_576, description: 'Taken so far.' }) bytes: number;
  @ApiProperty({ type: 'integer', example: 12, description: 'Captured so far.' }) messages: number;
  @ApiProperty({
    type: 'integer',
    example: 0,
    description:
      'Not captured, since they came too fast or `max_bytes` was used up. They were delivered as usual.',
  })
  dropped: number;
}

/** A capture without what it captured. */
export function captureView(capture: Capture, now: Date): CaptureView {
  const endsAt = capture.endedAt ?? capture.endsAt;
  const { maxBytes, maxPayloadBytes, bytes, messages, dropped } = capture;
  return {
    id: capture.id,
    state: endsAt > now ? 'running' : 'ended',
    started_at: capture.startedAt.toISOString(),
    ends_at: endsAt.toISOString(),
    deleted_at: capture.deletedAt.toISOString(),
    ...{ max_bytes: maxBytes, max_payload_bytes: maxPayloadBytes, bytes, messages, dropped },
  };
}
