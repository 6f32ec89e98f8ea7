import { randomUUID } from 'node:crypto';
import { type CallHandler, type ExecutionContext, type NestInterceptor, SetMetadata } from '@nestjs/common';
import { type AuditClosing } from '@app/hub';
import { type FastifyRequest } from 'fastify';
import { defer, lastValueFrom, type Observable } from 'rxjs';
import { callerOf } from '../access';
import { type Contract } from '../contract';
import { type AdminParts } from '../parts';
import { asProblem } from '../problem';
import { placeOf, targetName } from '../subject';

const AUDITED_READ = 'admin:audited-read';

/** A GET whose answer is somebody's business: who asked for it is kept in the audit log. */
export function AuditedRead(): MethodDecorator {
  return SetMetadata(AUDITED_READ, true);
}

/**
 * Writes an entry of the audit log for every call that is an {@link AuditedRead}: who asked, for what, with which
 * query; never what was answered. It is durable before anything is read: without it nothing is shown.
 */
export class AuditedReadInterceptor implements NestInterceptor {
  constructor(
    private readonly parts: AdminParts,
    private readonly contract: Contract,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (Reflect.getMetadata(AUDITED_READ, context.getHandler()) !== true) return next.handle();
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    return defer(() => this.recorded(request, () => lastValueFrom(next.handle())));
  }

  private async recorded(request: FastifyRequest, work: () => Promise<unknown>): Promise<unknown> {
    const id = await this.open(request);
    try {
      const answer = await work();
      await this.close(id, { outcome: 'read', error: null });
      return answer;
    } catch (error) {
      const { code, isRefusal } = asProblem(error);
      await this.close(id, { outcome: isRefusal ? 'refused' : 'failed', error: code });
      throw error;
    }
  }

  private async open(request: FastifyRequest): Promise<string> {
    const id = randomUUID();
    const query = request.query as object;
    const route = request.routeOptions.url ?? '';
    const { path } = placeOf({ route, params: request.params as Record<string, string> });
    await this.parts.audit.open({
      ...{ id, at: this.parts.registration.now(), actor: callerOf(request) },
      action: this.contract.call('GET', route).operationId,
      target: targetName(path),
      ...{ input: Object.keys(query).length === 0 ? null : { query }, before: null },
    });
    return id;
  }

  /** An entry that stays open says enough: it was asked for. */
  private async close(id: string, ending: Pick<AuditClosing, 'outcome' | 'error'>): Promise<void> {
    try {
      const at = this.parts.registration.now();
      await this.parts.audit.close(id, { ...ending, at, target: null, after: null });
    } catch (err) {
      this.parts.log.error({ err, id }, 'an entry of the audit log stays open');
    }
  }
}
