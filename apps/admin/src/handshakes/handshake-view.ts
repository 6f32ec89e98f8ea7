import { ApiProperty } from '@nestjs/swagger';
import {
  HANDSHAKE_KINDS,
  HANDSHAKE_OUTCOMES,
  HANDSHAKE_SIDES,
  HANDSHAKE_STEPS,
  type HandshakeKind,
  type HandshakeOutcome,
  type HandshakeRecord,
  type HandshakeSide,
  type HandshakeStep,
} from '@app/hub';

const NULLABLE = { type: String, nullable: true } as const;
const NULLABLE_NUMBER = { type: 'integer', nullable: true } as const;

class HandshakeView {
  @ApiProperty({ format: 'uuid', example: '0d9f7e52-1f0e-4f0c-8f0e-2f6a3e1b7c10' }) id: string;
  @ApiProperty({ format: 'date-time', example: '2026-01-31T08:00:00.000Z', description: 'When it ended.' })
  at: string;
  @ApiProperty({
    enum: HANDSHAKE_SIDES,
    example: 'platform',
    description: 'The side that sent the first request.',
  })
  began_by: HandshakeSide;
  @ApiProperty({
    enum: HANDSHAKE_KINDS,
    example: 'register',
    description: '`update` is a PUT of the platform, `rotate` a PUT of the hub.',
  })
  kind: HandshakeKind;
  @ApiProperty({
    enum: HANDSHAKE_STEPS,
    example: 'versions',
    description:
      'How far it came. `request`: the hub reads what it was sent. `versions`, `version_details`, `credentials`: the hub asks the platform for them. `save`: the hub writes the result.',
  })
  step: HandshakeStep;
  @ApiProperty({
    enum: HANDSHAKE_OUTCOMES,
    example: 'refused',
    description:
      '`refused`: one side said no. `failed`: the platform gave no answer, or the hub itself failed.',
  })
  outcome: HandshakeOutcome;
  @ApiProperty({
    ...NULLABLE,
    example: 'peer_unusable',
    description: 'Refusal of the hub; null for a success.',
  })
  code: string | null;
  @ApiProperty({
    ...NULLABLE,
    example:
      'the API of the platform cannot be used: GET https://cpo.example.com/versions: HTTP 401, OCPI 2001',
    description: 'Why it did not succeed; of a success, what the operator should know all the same.',
  })
  reason: string | null;
  @ApiProperty({
    ...NULLABLE,
    example: 'Unknown token',
    description:
      "The platform's own `status_message`, or the first 200 printable characters of its answer. Tokens are starred out.",
  })
  peer_said: string | null;
  @ApiProperty({
    ...NULLABLE_NUMBER,
    example: 401,
    description: 'What the platform answered last; null where it was not asked.',
  })
  http_status: number | null;
  @ApiProperty({ ...NULLABLE_NUMBER, example: 2001 }) ocpi_status: number | null;
  @ApiProperty({ ...NULLABLE, example: '2.2.1' }) version: string | null;
  @ApiProperty({
    example: '6f3c1b0e-55b5-4e3b-8a7b-0b8a0c7f5a10',
    description: 'Every request of the handshake carried it, and every line of the log about it does.',
  })
  correlation_id: string;
}

export class HandshakePage {
  @ApiProperty({ type: [HandshakeView] }) data: HandshakeView[];
  @ApiProperty({ ...NULLABLE, description: 'Null on the last page.' }) next_cursor: string | null;
}

/** One handshake as the operator sees it. */
export function handshakeView(row: HandshakeRecord): HandshakeView {
  return {
    ...{ id: row.id, at: row.at.toISOString(), began_by: row.beganBy, kind: row.kind, step: row.step },
    ...{ outcome: row.outcome, code: row.code, reason: row.reason, peer_said: row.peerSaid },
    http_status: row.httpStatus,
    ocpi_status: row.ocpiStatus,
    version: row.version,
    correlation_id: row.correlationId,
  };
}
