import { ApiProperty } from '@nestjs/swagger';
import { type TraceNode } from '@app/hub';
import { DeliveryView, deliveryView } from '../deliveries';
import { MessageView, messageView } from '../messages';

const UUID = '6f3c1b0e-55b5-4e3b-8a7b-0b8a0c7f5a10';
const KINDS = ['message', 'callback', 'delivery', 'attempt'] as const;

class TraceNodeView {
  @ApiProperty({
    enum: KINDS,
    example: 'message',
    description:
      '`message`: a request of a party; `delivery`: one message owed to one receiver because of it; `attempt`: one try to deliver it; `callback`: a result that came back later.',
  })
  kind: (typeof KINDS)[number];

  @ApiProperty({ format: 'date-time', example: '2026-01-31T08:00:00.000Z' })
  time: string;

  @ApiProperty({ type: MessageView, nullable: true, description: 'Null for a delivery.' })
  message: MessageView | null;

  @ApiProperty({ type: DeliveryView, nullable: true, description: 'Null for all but a delivery.' })
  delivery: DeliveryView | null;

  @ApiProperty({ type: () => [TraceNodeView], description: 'What came of it, oldest first.' })
  children: TraceNodeView[];
}

export class TraceView {
  @ApiProperty({ example: UUID }) correlation_id: string;

  @ApiProperty({ type: [TraceNodeView], description: 'Oldest first.' }) messages: TraceNodeView[];

  @ApiProperty({
    example: false,
    description: 'There is more than this: of messages the oldest are shown, of deliveries the newest.',
  })
  truncated: boolean;
}

/** One node with all that is below it. */
export function traceNodeView(node: TraceNode): TraceNodeView {
  return {
    kind: node.kind,
    time: node.at.toISOString(),
    message: node.kind === 'delivery' ? null : messageView(node.message),
    delivery: node.kind === 'delivery' ? deliveryView(node.delivery) : null,
    children: node.children.map(traceNodeView),
  };
}
