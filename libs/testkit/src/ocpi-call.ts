/** One HTTP request as an OCPI client would send it, with the path and headers that the test wrote. */
import { randomUUID } from 'node:crypto';
import {
  type Agent,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as httpRequest,
} from 'node:http';
import { request as httpsRequest } from 'node:https';

export type CallHeaders = Readonly<Record<string, string | readonly string[] | null | undefined>>;

export interface OcpiCall {
  readonly method: string;
  /** Absolute URL; path and query go out as written. */
  readonly url: string;
  /** The credentials token, not encoded; null leaves `Authorization` out. */
  readonly token: string | null;
  /** An object or array is sent as JSON, a string or Buffer as it is. */
  readonly body?: unknown;
  /** Replaces the default headers of the same name (in any case); null or undefined leaves one out. */
  readonly headers?: CallHeaders;
  /** For https one of `node:https`: it says whom to trust and what to show. */
  readonly agent?: Agent;
}

export interface CallAnswer {
  readonly httpStatus: number;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
  /** The message ids that the call carried; null when it carried none. */
  readonly requestId: string | null;
  readonly correlationId: string | null;
  /** The body as JSON. @throws SyntaxError with the body's start in it */
  json<T = OcpiEnvelope>(): T;
}

/** What every OCPI answer is wrapped in. */
export interface OcpiEnvelope {
  readonly status_code: number;
  readonly status_message?: string;
  readonly timestamp: string;
  /** As many shapes as there are modules: `json<{ data: … }>()` says which one a test expects. */
  readonly data?: unknown;
}

/** `Token` and the Base64 of a credentials token. Spec: 2.2.1-d2 transport_and_format, Authorization header. */
export function authorization(token: string): string {
  return `Token ${Buffer.from(token).toString('base64')}`;
}

/** Sends a call and reads its answer whole. @throws Error of node:http when there is no whole answer */
export function sendCall(call: OcpiCall): Promise<CallAnswer> {
  const body = bytesOf(call.body);
  const headers = headersOf(call, body);
  const { send, hostname, port, target } = parts(call.url);
  return new Promise((resolve, reject) => {
    const options = { hostname, port, path: target, method: call.method, headers, agent: call.agent };
    const request = send(options, (answer) => {
      readAnswer(answer, headers).then(resolve, reject);
    });
    request.once('error', reject).end(body);
  });
}

async function readAnswer(
  answer: IncomingMessage,
  sent: Record<string, string | string[]>,
): Promise<CallAnswer> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  return {
    httpStatus: answer.statusCode ?? 0,
    ...{ headers: answer.headers, rawHeaders: answer.rawHeaders, body },
    requestId: oneHeader(sent['X-Request-ID']),
    correlationId: oneHeader(sent['X-Correlation-ID']),
    json: <T>() => parse<T>(body),
  };
}

function oneHeader(value: string | string[] | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

function parse<T>(body: Buffer): T {
  try {
    return JSON.parse(body.toString()) as T;
  } catch (error) {
    throw new SyntaxError(`answer is not JSON: ${body.toString().slice(0, 200)}`, { cause: error });
  }
}

function bytesOf(body: unknown): Buffer | undefined {
  if (body === undefined || body === null) return undefined;
  if (Buffer.isBuffer(body)) return body;
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
}

function headersOf(call: OcpiCall, body: Buffer | undefined): Record<string, string | string[]> {
  const defaults: CallHeaders = {
    Authorization: call.token === null ? null : authorization(call.token),
    'X-Request-ID': randomUUID(),
    'X-Correlation-ID': randomUUID(),
    ...(body && { 'Content-Type': 'application/json', 'Content-Length': String(body.length) }),
  };
  const names = new Map(Object.keys(defaults).map((name) => [name.toLowerCase(), name]));
  const headers = new Map(Object.entries(defaults));
  for (const [name, value] of Object.entries(call.headers ?? {})) {
    headers.set(names.get(name.toLowerCase()) ?? name, value);
  }
  const present = [...headers].filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(present) as Record<string, string | string[]>;
}

/** Not `new URL`, which would rewrite the path. */
function parts(url: string): { send: typeof httpRequest; hostname: string; port: string; target: string } {
  const found = /^(https?):\/\/([^/:?]+)(?::(\d+))?(.*)$/s.exec(url);
  if (!found) throw new TypeError(`not an http URL: ${url}`);
  const [, scheme, hostname = '', given, rest = ''] = found;
  const [send, port] = scheme === 'https' ? [httpsRequest, given ?? '443'] : [httpRequest, given ?? '80'];
  return { send, hostname, port, target: rest.startsWith('/') ? rest : `/${rest}` };
}
