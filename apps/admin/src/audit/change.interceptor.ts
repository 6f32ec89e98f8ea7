import { randomUUID } from 'node:crypto';
import { type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { type AuditClosing, type AuditOpening, auditable } from '@app/hub';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { defer, lastValueFrom, type Observable } from 'rxjs';
import { callerOf, isChange } from '../access';
import { requireMatch } from '../conditions';
import { type Contract, type Reading } from '../contract';
import { type AdminParts } from '../parts';
import { asProblem } from '../problem';
import { madeBy, type Place, placeOf, subjectOf, targetName } from '../subject';
import { watched } from './nothing-changed';

const OPEN = '/admin/v1/';

/** Work that asks, right before it changes anything, whether the lock is still held. */
type Turn<T> = (stillMine: () => Promise<void>) => Promise<T>;

/** A change that is under way. */
interface Change {
  readonly id: string;
  readonly place: Place;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  /** What it changes; `undefined` when it makes something. */
  readonly subject: string | undefined;
}

type Ending = Pick<AuditClosing, 'outcome' | 'error'> & { readonly made?: string };

/**
 * Writes an entry of the audit log for every call that may change something, whichever controller serves it, and
 * holds each to the `If-Match` that it came with.
 *
 * The entry is opened, durably, before the controller is asked, and completed after it: a process that dies in
 * between leaves an open entry, never a change without one. When the entry cannot be written, nothing is changed.
 * `before` and `after` are what a GET of the resource answers. What is replaced as a whole is replaced by one
 * caller at a time, so that nobody can come between another's `If-Match` and what it allowed.
 */
export class ChangeInterceptor implements NestInterceptor {
  constructor(
    private readonly parts: AdminParts,
    private readonly contract: Contract,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const route = request.routeOptions.url ?? '';
    if (!route.startsWith(OPEN) || !isChange(request.method)) return next.handle();
    const place = placeOf({ route, params: request.params as Record<string, string> });
    const subject = subjectOf(place, this.contract.isRead);
    const change = { id: randomUUID(), place, request, reply: http.getResponse<FastifyReply>(), subject };
    const work = (): Promise<unknown> => lastValueFrom(next.handle(), { defaultValue: undefined });
    return defer(() => this.inTurn(change, (stillMine) => this.recorded(change, work, stillMine)));
  }

  private inTurn<T>({ place, request }: Change, work: Turn<T>): Promise<T> {
    const isReplacement = this.contract.isReplacement(request.method, place.route);
    return isReplacement ? this.parts.turns.inTurn(place.path, work) : work(() => Promise.resolve());
  }

  private async recorded(
    change: Change,
    work: () => Promise<unknown>,
    stillMine: () => Promise<void>,
  ): Promise<unknown> {
    const before = await this.read(change.subject, change.request);
    await this.parts.audit.open(this.opening(change, before));
    try {
      requireMatch(change.request.headers, change.subject === undefined ? undefined : { now: before });
      await stillMine();
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

  private opening({ id, place, request, subject }: Change, before: Reading | undefined): AuditOpening {
    return {
      id,
      at: this.parts.registration.now(),
      actor: callerOf(request),
      action: this.contract.call(request.method, place.route).operationId,
      target: targetName(subject ?? place.path),
      input: auditable(inputOf(request)),
      before: auditable(before?.body ?? null),
    };
  }

  /** The change was made: that its entry could not be completed is no reason to tell the caller otherwise. */
  private async close(change: Change, { made, ...ending }: Ending): Promise<void> {
    try {
      const after = await this.read(made ?? change.subject, change.request);
      if (ending.error === null) this.tagAnswer(change, after);
      const target = made === undefined ? null : targetName(made);
      const at = this.parts.registration.now();
      await this.parts.audit.close(change.id, {
        ...ending,
        ...{ at, target, after: auditable(after?.body ?? null) },
      });
    } catch (err) {
      this.parts.log.error({ err, id: change.id }, 'an entry of the audit log stays open');
    }
  }

  /** Who replaced something knows its new tag without asking for it. */
  private tagAnswer({ place, request, reply }: Change, after: Reading | undefined): void {
    const isReplacement = this.contract.isReplacement(request.method, place.route);
    if (after?.tag !== undefined && isReplacement) reply.header('ETag', after.tag);
  }

  /** What the caller would see there; undefined when there is nothing. */
  private read(path: string | undefined, { headers }: FastifyRequest): Promise<Reading | undefined> {
    return path === undefined ? Promise.resolve(undefined) : this.contract.read(path, headers.authorization);
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
