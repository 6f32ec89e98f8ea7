import { type CanActivate, type ExecutionContext } from '@nestjs/common';
import { type Reflector } from '@nestjs/core';
import { type Actor, type ApiRole } from '@app/hub';
import { type FastifyRequest } from 'fastify';
import { type AdminParts } from '../parts';
import { Problem } from '../problem';
import { setCaller } from './caller';
import { KeyRing } from './key-ring';
import { LEAST_ROLE, leastRole, reaches } from './role';

const GUARDED = '/admin/';
const BEARER = /^bearer +(\S+) *$/i;

/**
 * Lets requests to `/admin/…` pass when they bring `Authorization: Bearer {key}` and the key's role is high enough.
 *
 * It goes by the matched route and its method, so that a new controller under `/admin` is closed, and its changes
 * are closed to viewers, without anybody thinking of it. `/health` and `/metrics` lie outside and are open by
 * design. `/admin/openapi.json` and `/admin/docs` are served before guards run and are open too: they hold the
 * contract and no data, and the page must load before a key can be typed into it.
 *
 * @throws Problem `unauthorized`, `forbidden`
 */
export class ApiKeyGuard implements CanActivate {
  private readonly keys: KeyRing;

  constructor(
    parts: AdminParts,
    private readonly reflector: Reflector,
    /** Told of calls whose key is good and whose role is too low, before they are refused. */
    private readonly refusals: {
      note(request: FastifyRequest, caller: Actor, error: string): Promise<void>;
    },
  ) {
    this.keys = new KeyRing(parts);
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (!request.routeOptions.url?.startsWith(GUARDED)) return true;
    const caller = await this.identified(request.headers.authorization);
    const places = [context.getHandler(), context.getClass()];
    const asked = this.reflector.getAllAndOverride<ApiRole | undefined>(LEAST_ROLE, places);
    const least = leastRole(request.method, asked);
    if (!reaches(caller.role, least)) {
      const problem = roleTooLow(caller, least);
      await this.refusals.note(request, caller, problem.code);
      throw problem;
    }
    setCaller(request, caller);
    return true;
  }

  private async identified(authorization = ''): Promise<Actor> {
    const presented = BEARER.exec(authorization)?.[1];
    const caller = presented === undefined ? undefined : await this.keys.callerWith(presented);
    if (caller === undefined) throw new Problem('unauthorized');
    return caller;
  }
}

function roleTooLow({ role }: Actor, least: ApiRole): Problem {
  return new Problem('forbidden', [{ field: 'role', message: `it is ${role}; ${least} is asked for` }]);
}
