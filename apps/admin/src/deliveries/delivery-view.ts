import { ApiProperty } from '@nestjs/swagger';
import { DELIVERY_STATES, type DeliveryReceiver, type DeliveryState } from '@app/hub';
import { type DeliveryView as DeliveryRow } from '@app/hub';

const UUID = '6f3c1b0e-55b5-4e3b-8a7b-0b8a0c7f5a10';
const AT = '2026-01-31T08:00:00.000Z';

export class DeliveryView {
  @ApiProperty({ format: 'uuid', example: UUID }) id: string;
  @ApiProperty({ enum: DELIVERY_STATES, example: 'dead' }) state: DeliveryState;
  @ApiProperty({
    type: String,
    nullable: true,
    example: 'NL*TNM',
    description: 'Receiving party; null for a message to the platform itself (ClientInfo).',
  })
  receiver: string | null;
  @ApiProperty({ format: 'uuid', example: UUID, description: 'Platform of the receiver.' })
  platform_id: string;
  @ApiProperty({ example: 'locations' }) module: string;
  @ApiProperty({ example: 'PUT' }) method: string;
  @ApiProperty({ example: 'NL/TNM/LOC1', description: 'What it is about, within its module.' })
  object: string;
  @ApiProperty({ example: UUID }) correlation_id: string;
  @ApiProperty({ type: 'integer', example: 7 }) attempts: number;
  @ApiProperty({
    type: String,
    nullable: true,
    example: 'connect_timeout',
    description:
      'How the last attempt failed, or why it was discarded. Of a delivered one: `answer_empty` when the receiver answered with HTTP 2xx and without a body.',
  })
  last_error: string | null;
  @ApiProperty({ format: 'date-time', example: AT }) created_at: string;
  @ApiProperty({
    type: String,
    nullable: true,
    format: 'date-time',
    example: AT,
    description: 'Null once it is over, and while it waits for its receiver to come back.',
  })
  next_attempt_at: string | null;
}

export class DeliveryPage {
  @ApiProperty({ type: [DeliveryView] }) data: DeliveryView[];
  @ApiProperty({ type: String, nullable: true, description: 'Null on the last page.' })
  next_cursor: string | null;
}

export class RetryReportView {
  @ApiProperty({ type: 'integer', example: 48, description: 'Deliveries that go out again.' })
  retried: number;
  @ApiProperty({
    type: 'integer',
    example: 2,
    description:
      'Deliveries that stay as they are: a newer state of their object was accepted since, or they were for an earlier registration.',
  })
  skipped: number;
  @ApiProperty({ type: String, nullable: true, description: '`cursor` of the next call; null at the end.' })
  next_cursor: string | null;
}

class ReceiverView {
  @ApiProperty({ format: 'uuid', example: UUID }) platform_id: string;
  @ApiProperty({ type: String, nullable: true, format: 'date-time', example: AT }) paused_at: string | null;
  @ApiProperty({
    type: String,
    nullable: true,
    format: 'date-time',
    example: AT,
    description:
      'Since then deliveries expired while it could not be reached: it must fetch what it missed, until it is said to have it.',
  })
  resync_since: string | null;
}

export class ReceiverPage {
  @ApiProperty({ type: [ReceiverView] }) data: ReceiverView[];
  @ApiProperty({ type: String, nullable: true, description: 'Null on the last page.' })
  next_cursor: string | null;
}

/** One delivery. Bodies and tokens are no part of it. */
export function deliveryView(row: DeliveryRow): DeliveryView {
  return {
    id: row.id,
    state: row.state,
    receiver: row.receiver,
    platform_id: row.platformId,
    module: row.module,
    method: row.method,
    object: row.object,
    correlation_id: row.correlationId,
    attempts: row.attempts,
    last_error: row.lastError,
    created_at: row.createdAt.toISOString(),
    next_attempt_at: row.nextAttemptAt?.toISOString() ?? null,
  };
}

/** A platform whose deliveries are paused, or which missed some. */
export function receiverView({ platformId, pausedAt, resyncSince }: DeliveryReceiver): ReceiverView {
  return {
    platform_id: platformId,
    paused_at: pausedAt?.toISOString() ?? null,
    resync_since: resyncSince?.toISOString() ?? null,
  };
}
