import { Get, Inject, Injectable, Param, type PipeTransform } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam } from '@nestjs/swagger';
import { traceTree } from '@app/hub';
import { AdminController } from '../admin-controller';
import { ADMIN_PARTS, type AdminParts } from '../parts';
import { ApiProblems, invalid, Problem } from '../problem';
import { traceNodeView, TraceView } from './trace-view';

/** Rows of the message log, and deliveries, of one trace: a broadcast to a thousand parties with some retries. */
const MAX_ROWS = 2_000;
const PRINTABLE = /^[\x20-\x7e]+$/;

@Injectable()
class CorrelationIdPipe implements PipeTransform<string, string> {
  transform(id: string): string {
    if (PRINTABLE.test(id)) return id;
    throw invalid('correlation_id', 'correlation_id must be printable ASCII');
  }
}

/** Where did my message go? */
@AdminController('traces')
export class TracesController {
  constructor(@Inject(ADMIN_PARTS) private readonly parts: AdminParts) {}

  @Get(':correlation_id')
  @ApiOperation({
    operationId: 'showTrace',
    summary:
      'Everything that one X-Correlation-ID joins: messages, deliveries, attempts and callbacks, as one tree',
    description:
      'A result is below the command that it belongs to also when its sender used an X-Correlation-ID of its own; asked for that one, the answer is the same. A message is in it a moment after it was answered: the log is written beside the traffic.',
  })
  @ApiParam({ name: 'correlation_id', example: '6f3c1b0e-55b5-4e3b-8a7b-0b8a0c7f5a10' })
  @ApiOkResponse({ type: TraceView })
  @ApiProblems('invalid_input', 'not_found')
  async show(@Param('correlation_id', CorrelationIdPipe) correlationId: string): Promise<TraceView> {
    const [found, deliveries] = await Promise.all([
      this.parts.messages.trace(correlationId, MAX_ROWS),
      this.parts.deliveries.list({ correlationId }, { cursor: null, limit: MAX_ROWS }),
    ]);
    if (found.messages.length === 0 && deliveries.data.length === 0) throw noTrace();
    const tree = traceTree({ messages: found.messages, deliveries: deliveries.data });
    return {
      correlation_id: correlationId,
      messages: tree.map(traceNodeView),
      truncated: found.truncated || deliveries.nextCursor !== null,
    };
  }
}

function noTrace(): Problem {
  return new Problem('not_found', [
    { field: 'correlation_id', message: 'no message and no delivery has this correlation id' },
  ]);
}
