import { isUtf8 } from 'node:buffer';
import { ApiProperty } from '@nestjs/swagger';
import { CAPTURE_DIRECTIONS, type CapturedBody, type CapturedMessage, type KeptMessage } from '@app/hub';

const ENCODINGS = ['utf8', 'base64'] as const;

class CapturedPartView {
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    example: { 'ocpi-from-party-id': 'TNM', 'content-type': 'application/json' },
    description: 'Routing, message ids, content and paging; never `Authorization`.',
  })
  headers: Readonly<Record<string, string>>;

  @ApiProperty({
    type: String,
    nullable: true,
    example: '{"id":"LOC1"}',
    description: 'Null: there was none. Credentials tokens in it are starred out.',
  })
  body: string | null;

  @ApiProperty({ enum: ENCODINGS, example: 'utf8', description: '`base64` for bytes that are no text.' })
  body_encoding: (typeof ENCODINGS)[number];

  @ApiProperty({ type: 'integer', example: 13, description: 'Length of the body on the wire.' })
  body_bytes: number;

  @ApiProperty({ example: false, description: 'It was longer than this.' })
  body_truncated: boolean;
}

class CapturedMessageView {
  @ApiProperty({ format: 'uuid', example: '7d1c2d5e-3f55-4a0a-9f0c-3c5b6d0f2a11' }) id: string;
  @ApiProperty({ format: 'date-time', example: '2026-01-31T08:00:00.000Z' }) time: string;
  @ApiProperty({
    example: true,
    description: 'False when the `ENCRYPTION_KEY` that it was sealed with is not there any more.',
  })
  readable: boolean;
  @ApiProperty({
    enum: CAPTURE_DIRECTIONS,
    nullable: true,
    type: String,
    example: 'sent',
    description: '`sent`: a request of the platform; `received`: one that the hub sent it.',
  })
  direction: string | null;
  @ApiProperty({ type: String, nullable: true, example: 'PUT' }) method: string | null;
  @ApiProperty({ type: String, nullable: true, example: '/ocpi/2.2.1/receiver/locations/NL/TNM/LOC1' })
  url: string | null;
  @ApiProperty({ type: 'integer', nullable: true, example: 200, description: 'Null: no answer came.' })
  http_status: number | null;
  @ApiProperty({
    type: String,
    nullable: true,
    example: 'receiver_unknown',
    description: 'Why the hub refused, or why no answer came, as a code.',
  })
  error: string | null;
  @ApiProperty({ type: CapturedPartView, nullable: true }) request: CapturedPartView | null;
  @ApiProperty({ type: CapturedPartView, nullable: true }) answer: CapturedPartView | null;
}

export class CapturedMessagePage {
  @ApiProperty({ type: [CapturedMessageView] }) data: CapturedMessageView[];
  @ApiProperty({ type: String, nullable: true, description: 'Null on the last page.' })
  next_cursor: string | null;
}

/** One captured message in the clear. */
export function capturedMessageView({ id, at, message }: KeptMessage): CapturedMessageView {
  return {
    ...{ id, time: at.toISOString(), readable: message !== null },
    ...{ direction: message?.direction ?? null, method: message?.method ?? null, url: message?.url ?? null },
    ...{ http_status: message?.httpStatus ?? null, error: message?.error ?? null },
    request: message && partView(message.requestHeaders, message.requestBody),
    answer: answerView(message),
  };
}

function answerView(message: CapturedMessage | null): CapturedPartView | null {
  if (message === null || message.httpStatus === null) return null;
  return partView(message.answerHeaders, message.answerBody);
}

function partView(headers: CapturedPartView['headers'], body: CapturedBody | null): CapturedPartView {
  const encoding = body === null || isUtf8(body.kept) ? 'utf8' : 'base64';
  return {
    headers,
    body: body && body.kept.toString(encoding),
    ...{ body_encoding: encoding, body_bytes: body?.bytes ?? 0, body_truncated: body?.truncated ?? false },
  };
}
