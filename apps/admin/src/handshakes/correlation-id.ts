import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiOkResponse, type ApiResponseOptions } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { randomUUID } from 'node:crypto';

const HEADER = 'X-Correlation-ID';

/** The id of a handshake that this call begins. The answer carries it, a refusal as well. */
export const CorrelationId = createParamDecorator((_data: unknown, context: ExecutionContext): string => {
  const id = randomUUID();
  context.switchToHttp().getResponse<FastifyReply>().header(HEADER, id);
  return id;
});

/** A 200 of a call that begins a handshake. */
export function ApiHandshake(response: ApiResponseOptions): MethodDecorator {
  const header = {
    description:
      'Id of the handshake: its requests, its row in `…/handshakes` and the log carry it. A refusal has it, too.',
    schema: { type: 'string' as const, format: 'uuid' },
  };
  return ApiOkResponse({ ...response, headers: { [HEADER]: header } });
}
