import { ApiProperty } from '@nestjs/swagger';
import { type Traffic, TRAFFIC_DIRECTIONS } from '@app/hub';

class TrafficView {
  @ApiProperty({
    enum: TRAFFIC_DIRECTIONS,
    example: 'sent',
    description: '`sent`: by the platform; `received`: by it, attempts of deliveries included.',
  })
  direction: string;
  @ApiProperty({
    type: String,
    nullable: true,
    example: 'locations',
    description: 'Null: it could not be told.',
  })
  module: string | null;
  @ApiProperty({ type: String, nullable: true, example: 'RECEIVER' }) interface_role: string | null;
  @ApiProperty({ type: 'integer', example: 200 }) messages: number;
  @ApiProperty({
    type: 'integer',
    example: 3,
    description: 'Of these: HTTP status of 400 or more, OCPI status of 2000 or more, or no usable answer.',
  })
  errors: number;
  @ApiProperty({ type: Number, example: 0.015 }) error_rate: number;
  @ApiProperty({ type: Number, example: 12, description: 'Half of them took no longer. In tenths of a ms.' })
  p50_ms: number;
  @ApiProperty({ type: Number, example: 48.5, description: '95 in 100 took no longer. In tenths of a ms.' })
  p95_ms: number;
}

export class StatisticsView {
  @ApiProperty({
    format: 'date-time',
    example: '2026-01-31T08:00:00.000Z',
    description: 'When it was counted.',
  })
  until: string;
  @ApiProperty({ type: [TrafficView] }) last_hour: TrafficView[];
  @ApiProperty({ type: [TrafficView] }) last_day: TrafficView[];
}

/** What came of one kind of a platform's messages. */
export function trafficView({ direction, module, interfaceRole, ...counts }: Traffic): TrafficView {
  const { messages, errors, p50Ms, p95Ms } = counts;
  return {
    ...{ direction, module, interface_role: interfaceRole, messages, errors },
    ...{ error_rate: errors / messages, p50_ms: rounded(p50Ms), p95_ms: rounded(p95Ms) },
  };
}

/** Between two whole durations lies what no clock of the hub has seen: a tenth says enough. */
function rounded(ms: number): number {
  return Math.round(ms * 10) / 10;
}
