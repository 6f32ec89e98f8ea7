import { ApiProperty } from '@nestjs/swagger';
import { type ArchivedMessage } from '@app/hub';

const UUID = '6f3c1b0e-55b5-4e3b-8a7b-0b8a0c7f5a10';

export class MessageView {
  @ApiProperty({ example: UUID }) id: string;
  @ApiProperty({ format: 'date-time', example: '2026-01-31T08:00:00.000Z' }) time: string;
  @ApiProperty({ example: UUID }) correlation_id: string;
  @ApiProperty({ example: UUID, description: 'X-Request-ID of the caller.' }) request_id: string;
  @ApiProperty({ type: String, nullable: true, example: UUID, description: 'X-Request-ID sent onward.' })
  onward_request_id: string | null;
  @ApiProperty({
    type: String,
    nullable: true,
    example: UUID,
    description:
      'Of a callback: X-Correlation-ID of the message that it belongs to, which may be another one.',
  })
  parent_correlation_id: string | null;
  @ApiProperty({ type: String, nullable: true, example: UUID, description: 'And its X-Request-ID.' })
  parent_request_id: string | null;
  @ApiProperty({ description: 'The caller left ids out and the hub made them.' }) ids_made: boolean;
  @ApiProperty({ type: String, nullable: true, example: 'direct' }) scenario: string | null;
  @ApiProperty({ type: String, nullable: true, example: '2.2.1' }) version: string | null;
  @ApiProperty({ type: String, nullable: true, example: 'locations' }) module: string | null;
  @ApiProperty({ type: String, nullable: true, example: 'RECEIVER' }) interface_role: string | null;
  @ApiProperty({ example: 'PUT' }) method: string;
  @ApiProperty({ type: String, nullable: true, example: 'NL*TNM' }) from: string | null;
  @ApiProperty({ type: String, nullable: true, example: 'DE*ABC' }) to: string | null;
  @ApiProperty({
    type: String,
    nullable: true,
    example: 'NL*TNM',
    description: 'Of a message refused as `from_not_yours`: the party that it claimed to come from.',
  })
  claimed_from: string | null;
  @ApiProperty({ type: String, nullable: true, format: 'uuid', example: UUID }) from_platform_id:
    string | null;
  @ApiProperty({ type: String, nullable: true, format: 'uuid', example: UUID }) to_platform_id: string | null;
  @ApiProperty({ type: 'integer', example: 200 }) http_status: number;
  @ApiProperty({ type: 'integer', nullable: true, example: 1000 }) status_code: number | null;
  @ApiProperty({ type: Number, example: 12.5 }) duration_ms: number;
  @ApiProperty({ type: 'integer', example: 2048 }) request_bytes: number;
  @ApiProperty({ type: 'integer', example: 96 }) answer_bytes: number;
  @ApiProperty({
    type: String,
    nullable: true,
    example: 'connect_timeout',
    description: 'Why the hub refused, as a code; null when it did not.',
  })
  error: string | null;
  @ApiProperty({
    type: String,
    nullable: true,
    example: 'the receiver refused the connection',
    description:
      'The refusal in words. It may say more than the caller is told, and quote the first 200 printable characters of an answer that is not OCPI.',
  })
  reason: string | null;
  @ApiProperty({
    type: String,
    nullable: true,
    example: 'cdr_token.country_code and cdr_token.party_id added',
    description: 'What the hub changed in the message, or noticed about it.',
  })
  note: string | null;
  @ApiProperty({
    type: String,
    nullable: true,
    example: '/ocpi/2.2.1/locations',
    description: 'Of a request to a URL that the hub does not have: its path, without the query.',
  })
  path: string | null;
}

export class MessagePage {
  @ApiProperty({ type: [MessageView] }) data: MessageView[];
  @ApiProperty({ type: String, nullable: true, description: 'Null on the last page.' })
  next_cursor: string | null;
}

/** One row of the message log. Payloads and tokens are not in it to begin with. */
export function messageView(row: ArchivedMessage): MessageView {
  return {
    id: row.id,
    time: row.at.toISOString(),
    correlation_id: row.correlationId,
    request_id: row.requestId,
    onward_request_id: row.onwardRequestId,
    parent_correlation_id: row.parentCorrelationId,
    parent_request_id: row.parentRequestId,
    ids_made: row.idsMade,
    scenario: row.scenario,
    version: row.version,
    module: row.module,
    interface_role: row.interfaceRole,
    method: row.method,
    from: row.from,
    to: row.to,
    claimed_from: row.claimedFrom,
    from_platform_id: row.fromPlatformId,
    to_platform_id: row.toPlatformId,
    http_status: row.httpStatus,
    status_code: row.ocpiStatus,
    duration_ms: row.durationMs,
    request_bytes: row.requestBytes,
    answer_bytes: row.answerBytes,
    error: row.error,
    reason: row.reason,
    note: row.note,
    path: row.path,
  };
}
