import { asHubError, HubError, refusalAnswer, refuseStray } from '@app/hub';
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Inject } from '@nestjs/common';
import { ROUTER_PARTS, type RouterParts } from '../parts';
import { type FastifyReply, type FastifyRequest } from './fastify';
import { answer, incomingOf } from './message';

/** HTTP statuses that Fastify and Nest raise on their own, as rows of the refusal table. */
const REFUSAL_OF_STATUS: Readonly<Record<number, () => HubError>> = {
  400: () => new HubError('bad_request'),
  404: () => new HubError('no_such_url'),
  413: () => new HubError('body_too_large'),
  415: () => new HubError('bad_request', 'Content-Type is no media type'),
};

/** Whatever goes wrong outside the path of functional messages is answered in the protocol's own form. */
@Catch()
export class OcpiErrorFilter implements ExceptionFilter {
  constructor(@Inject(ROUTER_PARTS) private readonly parts: RouterParts) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    if (reply.sent) return;
    const refusal = toHubError(error);
    if (refusal.code === 'internal') {
      this.parts.log.error({ err: refusal.cause, method: request.method }, 'request failed inside the hub');
    }
    const incoming = incomingOf(request);
    const isStray = refusal.code === 'no_such_url';
    answer(
      reply,
      isStray ? refuseStray(incoming, this.parts) : refusalAnswer(refusal, incoming.ids, new Date()),
    );
  }
}

function toHubError(error: unknown): HubError {
  const status =
    error instanceof HttpException ? error.getStatus() : (error as { statusCode?: number }).statusCode;
  return REFUSAL_OF_STATUS[status ?? 0]?.() ?? asHubError(error);
}
