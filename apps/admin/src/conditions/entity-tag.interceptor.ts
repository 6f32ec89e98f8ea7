import { type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type Observable, tap } from 'rxjs';
import { type Contract } from '../contract';
import { entityTag } from './entity-tag';

/** Gives an `ETag` with every answer to a GET of something that a call can change. */
export class EntityTagInterceptor implements NestInterceptor {
  constructor(private readonly contract: Contract) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const { method, routeOptions } = http.getRequest<FastifyRequest>();
    if (method !== 'GET' || !this.contract.isChanged(routeOptions.url ?? '')) return next.handle();
    const reply = http.getResponse<FastifyReply>();
    return next.handle().pipe(tap((body) => void reply.header('ETag', entityTag(body))));
  }
}
