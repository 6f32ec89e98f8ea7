/**
 * A courier that finds the real URL of an endpoint: some frameworks redirect (307 or 308) between a URL with a last `/`
 * and the same one without it. No other redirect is followed, and no token goes to another origin.
 *
 * Spec: RFC 9110, 15.4.8 and 15.4.9: method and body are kept.
 */
import { type Courier, type CourierAnswer, type CourierRequest } from './ports';

const REDIRECTS: readonly number[] = [307, 308];
/** Paths whose other form is known; the oldest ones are forgotten first, and found again. */
const MAX_KNOWN = 4_096;

/** @param nowMs a clock in ms: the second request has what the first one left of the time */
export function slashCourier(courier: Courier, nowMs: () => number = () => performance.now()): Courier {
  const known = new Set<string>();
  const send = async (request: CourierRequest): Promise<CourierAnswer> => {
    const startedMs = nowMs();
    const answer = await courier.send(request);
    if (!REDIRECTS.includes(answer.httpStatus)) return answer;
    const url = toggled(request.url);
    if (!leadsTo(answer.headers.location, request.url, url)) return answer;
    learn(known, pathOf(request.url));
    const timeoutMs = Math.max(1, Math.ceil(request.timeoutMs - (nowMs() - startedMs)));
    return { ...(await courier.send({ ...request, url, timeoutMs })), url };
  };
  return {
    send: (request) => {
      if (known.size === 0 || !known.has(pathOf(request.url))) return send(request);
      return sendKnown(courier, known, request);
    },
    close: () => courier.close(),
  };
}

/** The form of a URL that was learned. It is forgotten when the platform does not serve it any more. */
async function sendKnown(
  courier: Courier,
  known: Set<string>,
  request: CourierRequest,
): Promise<CourierAnswer> {
  const url = toggled(request.url);
  const answer = await courier.send({ ...request, url });
  if (answer.httpStatus === 404 || REDIRECTS.includes(answer.httpStatus)) known.delete(pathOf(request.url));
  return { ...answer, url };
}

function learn(known: Set<string>, path: string): void {
  const [oldest] = known;
  if (known.size >= MAX_KNOWN && oldest !== undefined) known.delete(oldest);
  known.add(path);
}

/** Up to the query. */
function pathOf(url: string): string {
  const mark = url.indexOf('?');
  return mark === -1 ? url : url.slice(0, mark);
}

/** The same URL with a last `/` in its path, or without it; everything else as it was written. */
function toggled(url: string): string {
  const path = pathOf(url);
  return (path.endsWith('/') ? path.slice(0, -1) : `${path}/`) + url.slice(path.length);
}

/** Whether a redirect of `from` leads to `to`: the same origin, path and query. */
function leadsTo(location: string | undefined, from: string, to: string): boolean {
  if (location === undefined || !URL.canParse(location, from) || !URL.canParse(to)) return false;
  return withoutFragment(new URL(location, from)) === withoutFragment(new URL(to));
}

function withoutFragment(url: URL): string {
  url.hash = '';
  return url.href;
}
