import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type OpenAPIObject } from '@nestjs/swagger';
import { isChange } from './access';
import { subjectOf } from './subject';

/** What is said of a call. */
export interface Call {
  /** The name of the call; its method and route when it has none. */
  readonly operationId: string;
  readonly takesQuery: boolean;
  readonly takesBody: boolean;
}

/** What a GET answered. */
export interface Reading {
  readonly body: object;
  /** Its entity tag, where one can change what was read. */
  readonly tag: string | undefined;
}

/** What the API says of itself, for those who treat every call alike. Routes are written as in `/a/:id`. */
export class Contract {
  private readonly calls = new Map<string, Call>();
  private readonly changed = new Set<string>();

  private app?: NestFastifyApplication;

  /** Takes the calls of an application from the document that describes them. */
  learn(app: NestFastifyApplication, { paths }: OpenAPIObject): void {
    this.app = app;
    const calls = Object.entries(paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, said]) => callOf(method.toUpperCase(), path, said as Said)),
    );
    for (const { key, call } of calls) this.calls.set(key, call);
    for (const { route, method } of calls) {
      const subject = isChange(method) ? subjectOf({ route, path: route }, this.isRead) : undefined;
      if (subject !== undefined) this.changed.add(subject);
    }
  }

  /** What is said of a call; nothing about one that is not in the document. */
  call(method: string, route: string): Call {
    const key = keyOf(method, route);
    return this.calls.get(key) ?? { operationId: key, takesQuery: false, takesBody: false };
  }

  /** Whether the document has a call of this name. */
  isOperation(id: string): boolean {
    return [...this.calls.values()].some(({ operationId }) => operationId === id);
  }

  /** Whether a path below `/admin/v1/` begins with the name of a resource of this API. */
  isResource(target: string): boolean {
    const [name = ''] = target.split('/');
    return [...this.calls.keys()].some((key) => `${key}/`.includes(` /admin/v1/${name}/`));
  }

  /** Whether there is a GET of it. */
  readonly isRead = (route: string): boolean => this.calls.has(keyOf('GET', route));

  /** Whether it can be read, and some call changes it. */
  readonly isChanged = (route: string): boolean => this.changed.has(route);

  /** Whether a call replaces content that its caller read before, or takes away what a PUT puts there. */
  readonly isReplacement = (method: string, route: string): boolean =>
    method === 'DELETE' ? this.calls.has(keyOf('PUT', route)) : ['PUT', 'PATCH'].includes(method);

  /** What a GET answers to whoever brings this `Authorization`; undefined unless it is 200. */
  async read(path: string, authorization: string | undefined): Promise<Reading | undefined> {
    const server = this.app?.getHttpAdapter().getInstance();
    const answer = await server?.inject({ method: 'GET', url: path, headers: { authorization } });
    if (answer?.statusCode !== 200) return undefined;
    return { body: answer.json<object>(), tag: answer.headers.etag };
  }
}

interface Said {
  readonly operationId?: string;
  readonly parameters?: readonly { readonly in: string }[];
  readonly requestBody?: object;
}

/** `/a/:id` of `/a/{id}`. */
export function routeOf(path: string): string {
  return path.replace(/\{([^}]+)\}/g, ':$1');
}

function callOf(method: string, path: string, { operationId, parameters, requestBody }: Said) {
  const route = routeOf(path);
  const key = keyOf(method, route);
  const takesQuery = parameters?.some((parameter) => parameter.in === 'query') ?? false;
  const call = { operationId: operationId ?? key, takesQuery, takesBody: requestBody !== undefined };
  return { key, route, method, call };
}

function keyOf(method: string, route: string): string {
  return `${method} ${route}`;
}
