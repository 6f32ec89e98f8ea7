import { randomUUID } from 'node:crypto';
import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import { type Logger } from '@app/runtime';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type RouteTable } from '../route-table';
import { asProblem } from './as-problem';
import { Problem } from './problem';

/** Answers every error of the admin application in one form: `ProblemView`. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly log: Logger,
    private readonly routes: RouteTable,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const allowed = request.is404 ? this.routes.methodsOf(request.url) : [];
    const problem = allowed.length > 0 ? new Problem('method_not_allowed') : asProblem(error);
    const view = this.logged(problem, request).view();
    if (allowed.length > 0) reply.header('Allow', allowed.join(', '));
    if (view.code === 'unauthorized') reply.header('WWW-Authenticate', 'Bearer');
    const { retryAfterSeconds } = problem;
    if (retryAfterSeconds !== undefined) reply.header('Retry-After', String(retryAfterSeconds));
    reply.status(view.status).type('application/json; charset=utf-8').send(view);
  }

  /** An internal error is told to the caller by an id only, and to the log in full under that id. */
  private logged(problem: Problem, request: FastifyRequest): Problem {
    if (problem.code !== 'internal') return problem;
    const id = randomUUID();
    const route = request.routeOptions.url ?? null;
    this.log.error({ err: problem.cause, id, method: request.method, route }, 'admin request failed');
    return new Problem('internal', [], { message: `${problem.message}: ${id}` });
  }
}
