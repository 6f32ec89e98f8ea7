import { randomUUID } from 'node:crypto';
import { type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { type AuditClosing, type AuditOpening, auditable } from '@app/hub';
import { type FastifyRequest } from 'fastify';
import { defer, lastValueFrom, type Observable } from 'rxjs';
import { callerOf, isChange } from '../access';
import { type Contract } from '../contract';
import { type AdminParts } from '../parts';
import { asProblem } from '../problem';
import { watched } from './nothing-changed';
import { madeBy, type Place, subjectOf, targetName } from './subject';

const OPEN = '/admin/v1/';

/** A change that is under way. */
interface Change {
  readonly id: string;
  readonly place: Place;
  readonly request: FastifyRequest;
  /** What it changes; `undefined` when it makes something. */
  readonly subject: string | undefined;
}

type Ending = Pick<AuditClosing, 'outcome' | 'error'> & { readonly made?: string };

/**
 * Writes an entry of the audit log for every call that may change something, whichever controller serves it.
 *
 * The entry is opened, durably, before the controller is asked, and completed after it: a process that dies in
 * between leaves an open entry, never a change without one. When the entry cannot be written, nothing is changed.
 * `before` and `after` are what a GET of the resource answers.
 */
export class ChangeInterceptor implements NestInterceptor {
  constructor(
    private readonly parts: AdminParts,
    private readonly contract: Contract,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const route = request.routeOptions.url ?? '';
    if (!route.startsWith(OPEN) || !isChange(request.method)) return next.handle();
    const place = { route, path: request.url.replace(/\?.*$/s, '') };
    const subject = subjectOf(place, this.contract.isRead);
    const work = (): Promise<unknown> => lastValueFrom(next.handle(), { defaultValue: undefined });
    return defer(() => this.recorded({ id: randomUUID(), place, request, subject }, work));
  }

  private async recorded(change: Change, work: () => Promise<unknown>): Promise<unknown> {
    await this.parts.audit.open(await this.opening(change));
    try {
      const { answer, isChange: changed } = await watched(work);
      const made = madeBy(change.place, answer, this.contract.isRead);
      await this.close(change, { outcome: changed ? 'changed' : 'unchanged', error: null, made });
      return answer;
    } catch (error) {
      const { code, isRefusal } = asProblem(error);
      await this.close(change, { outcome: isRefusal ? 'refused' : 'failed', error: code });
      throw error;
    }
  }

  private async opening({ id, place, request, subject }: Change): Promise<AuditOpening> {
    return {
      id,
      at: this.parts.registration.now(),
      actor: callerOf(request),
      action: this.contract.operationId(request.method, place.route),
      target: targetName(subject ?? place.path),
      input: auditable(inputOf(request)),
      before: auditable(await this.read(subject, request)),
    };
  }

  /** The change was made: that its entry could not be completed is no reason to tell the caller otherwise. */
  private async close(change: Change, { made, ...ending }: Ending): Promise<void> {
    try {
      const after = await this.read(made ?? change.subject, change.request);
      const target = made === undefined ? null : targetName(made);
      const at = this.parts.registration.now();
      await this.parts.audit.close(change.id, { ...ending, at, target, after: auditable(after) });
    } catch (err) {
      this.parts.log.error({ err, id: change.id }, 'an entry of the audit log stays open');
    }
  }

  /** What the caller would see there; null when there is nothing. */
  private read(path: string | undefined, { headers }: FastifyRequest): Promise<object | null> {
    return path === undefined ? Promise.resolve(null) : this.contract.read(path, headers.authorization);
  }
}

/** The body as it came, CSV as text, and the query; null when there is neither. */
function inputOf({ body, query }: FastifyRequest): object | null {
  const given = {
    ...(body !== undefined && body !== null && { body: Buffer.isBuffer(body) ? body.toString() : body }),
    ...(Object.keys(query as object).length > 0 && { query }),
  };
  return Object.keys(given).length === 0 ? null : given;
}
