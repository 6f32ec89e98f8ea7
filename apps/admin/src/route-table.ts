import { type RouteOptions } from 'fastify';

/** Which methods each URL of the server has: what tells a wrong method (405) from a wrong URL (404). */
export class RouteTable {
  private readonly routes: { readonly path: RegExp; readonly methods: string[] }[] = [];

  /** Notes a route as the server adds it, e.g. `/admin/v1/platforms/:id`. */
  add({ url, method }: Pick<RouteOptions, 'url' | 'method'>): void {
    const path = url
      .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
      .replace(/:[^/]+/g, '[^/]+')
      .replace(/\*/g, '.*');
    this.routes.push({ path: new RegExp(`^${path}$`), methods: [method].flat() });
  }

  /** The methods of the URL of a request, sorted; empty when there is no such URL. */
  methodsOf(url: string): readonly string[] {
    const path = url.replace(/\?.*$/s, '');
    const methods = this.routes.filter((route) => route.path.test(path)).flatMap((route) => route.methods);
    return [...new Set(methods)].sort();
  }
}
