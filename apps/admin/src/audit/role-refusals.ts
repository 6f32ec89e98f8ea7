import { randomUUID } from 'node:crypto';
import { type Actor } from '@app/hub';
import { type FastifyRequest } from 'fastify';
import { type Contract } from '../contract';
import { type AdminParts } from '../parts';
import { placeOf, subjectOf, targetName } from '../subject';

const WINDOW_MS = 60_000;
/** Of each key in a minute: enough to see what it is after, and about 5 MB a day at most, in a log that is kept for ever. */
const ENTRIES_PER_WINDOW = 10;
/** Nothing that can be looked for is longer, in characters. */
const MAX_TARGET_LENGTH = 255;

type RefusalParts = Pick<AdminParts, 'audit' | 'log'> & {
  readonly registration: Pick<AdminParts['registration'], 'now'>;
};

/**
 * Writes an entry of the audit log for calls whose key has too low a role: who tried what, never with which input,
 * since a key that may only look must not be able to fill the log. They are refused whether that succeeds or not.
 */
export class RoleRefusals {
  private window = 0;
  /** By the id of their key; forgotten with the window. */
  private readonly counts = new Map<string | null, number>();

  constructor(
    private readonly parts: RefusalParts,
    private readonly contract: Pick<Contract, 'call' | 'isRead'>,
  ) {}

  /** Never fails. */
  async note(request: FastifyRequest, caller: Actor, error: string): Promise<void> {
    const at = this.parts.registration.now();
    if (!this.hasRoom(caller, at)) return;
    const id = randomUUID();
    try {
      await this.parts.audit.open({
        id,
        at,
        actor: caller,
        ...this.tried(request),
        input: null,
        before: null,
      });
      await this.parts.audit.close(id, { at, outcome: 'refused', error, target: null, after: null });
    } catch (err) {
      this.parts.log.error(
        { err, keyId: caller.id },
        'a refused call is not in the audit log, or stays open',
      );
    }
  }

  private tried(request: FastifyRequest): { readonly action: string; readonly target: string } {
    const route = request.routeOptions.url ?? '';
    const place = placeOf({ route, params: request.params as Record<string, string> });
    const target = targetName(subjectOf(place, this.contract.isRead) ?? place.path);
    const { operationId } = this.contract.call(request.method === 'HEAD' ? 'GET' : request.method, route);
    return { action: operationId, target: target.slice(0, MAX_TARGET_LENGTH) };
  }

  private hasRoom({ id, name }: Actor, at: Date): boolean {
    const window = Math.floor(at.getTime() / WINDOW_MS);
    if (window !== this.window) this.counts.clear();
    this.window = window;
    const count = (this.counts.get(id) ?? 0) + 1;
    this.counts.set(id, count);
    if (count === ENTRIES_PER_WINDOW + 1) {
      this.parts.log.warn(
        { keyId: id, name },
        'more refused calls of this key: not kept until the next minute',
      );
    }
    return count <= ENTRIES_PER_WINDOW;
  }
}
