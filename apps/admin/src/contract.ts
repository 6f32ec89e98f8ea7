import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type OpenAPIObject } from '@nestjs/swagger';
import { type RouteTable } from './route-table';

/** What the API says of itself, for those who treat every call alike. */
export class Contract {
  /** `POST /admin/v1/platforms/{id}/suspend` → `suspendPlatform`. */
  private readonly operations = new Map<string, string>();

  constructor(
    private readonly app: NestFastifyApplication,
    private readonly routes: RouteTable,
  ) {}

  /** Takes the names of the calls from the document that describes them. */
  learn({ paths }: OpenAPIObject): void {
    for (const [path, item] of Object.entries(paths)) {
      for (const [method, operation] of Object.entries(item)) {
        const { operationId } = operation as { operationId?: string };
        if (operationId !== undefined) this.operations.set(`${method.toUpperCase()} ${path}`, operationId);
      }
    }
  }

  /** The name of a call; its method and route when it has none. */
  operationId(method: string, route: string): string {
    const name = `${method} ${route.replace(/:([^/]+)/g, '{$1}')}`;
    return this.operations.get(name) ?? name;
  }

  readonly isRead = (route: string): boolean => this.routes.isRead(route);

  /** What a GET answers to whoever brings this `Authorization`; null unless it is 200. */
  async read(path: string, authorization: string | undefined): Promise<object | null> {
    const server = this.app.getHttpAdapter().getInstance();
    const answer = await server.inject({ method: 'GET', url: path, headers: { authorization } });
    return answer.statusCode === 200 ? answer.json<object>() : null;
  }
}
