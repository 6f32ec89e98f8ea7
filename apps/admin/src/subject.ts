/** What a call is about, found by its route alone: no call has to say it. */

/** Where a request goes: the route, e.g. `/admin/v1/platforms/:id/suspend`, and the path that matched it. */
export interface Place {
  readonly route: string;
  readonly path: string;
}

/** What a place is made of, as the HTTP server matched it. */
export interface Matched {
  readonly route: string;
  /** Decoded. */
  readonly params: Readonly<Record<string, string>>;
}

type IsRead = (route: string) => boolean;

const ROOT = '/admin/v1/';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * The place by its one name, however the caller wrote it: an id in capitals, or with its letters percent-encoded, is
 * the same id, to who looks for its changes and to who waits for their turn.
 */
export function placeOf({ route, params }: Matched): Place {
  const named = (part: string): string =>
    part.startsWith(':') ? written(params[part.slice(1)] ?? '') : part;
  return { route, path: route.split('/').map(named).join('/') };
}

function written(value: string): string {
  return UUID.test(value) ? value.toLowerCase() : encodeURIComponent(value);
}

/**
 * The path of the resource that a call changes: the longest part of its own path that names one thing and can be
 * read. Of `POST /admin/v1/platforms/7/suspend` that is `/admin/v1/platforms/7`; a list is nothing to change.
 */
export function subjectOf({ route, path }: Place, isRead: IsRead): string | undefined {
  const pattern = route.split('/');
  for (let length = pattern.length; length > 0; length -= 1) {
    const part = pattern.slice(0, length).join('/');
    if (part.includes('/:') && isRead(part)) return path.split('/').slice(0, length).join('/');
  }
  return undefined;
}

/** The path of what a call made: below its own, where that can be read, under the `id` of its answer. */
export function madeBy({ route, path }: Place, answer: unknown, isRead: IsRead): string | undefined {
  const id = (answer as { id?: unknown } | undefined)?.id;
  return typeof id === 'string' && isRead(`${route}/:id`) ? `${path}/${id}` : undefined;
}

/** `platforms/7` of `/admin/v1/platforms/7`. */
export function targetName(path: string): string {
  return path.startsWith(ROOT) ? path.slice(ROOT.length) : path;
}
