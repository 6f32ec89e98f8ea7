import { type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { type Observable } from 'rxjs';
import { type Contract } from './contract';
import { type DetailView, Problem } from './problem';
import { MAX_DETAILS } from './validation';

/**
 * Refuses query parameters and bodies that a call has no use for: what a caller says is never passed over in
 * silence. Calls that take some check theirs by its class.
 *
 * @throws Problem `invalid_input`
 */
export class UnusedInputInterceptor implements NestInterceptor {
  constructor(private readonly contract: Contract) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const { takesQuery, takesBody } = this.contract.call(request.method, request.routeOptions.url ?? '');
    const unused = [
      ...(takesQuery ? [] : Object.keys(request.query as object)),
      ...(takesBody ? [] : fieldsOf(request.body)),
    ];
    if (unused.length > 0) throw new Problem('invalid_input', unused.slice(0, MAX_DETAILS).map(detailOf));
    return next.handle();
  }
}

function fieldsOf(body: unknown): string[] {
  if (body === undefined || body === null) return [];
  return typeof body === 'object' && !Array.isArray(body) ? Object.keys(body) : ['body'];
}

function detailOf(field: string): DetailView {
  return { field, message: `${field} should not exist` };
}
