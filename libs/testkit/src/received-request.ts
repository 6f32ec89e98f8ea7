import { type InterfaceRole } from '@app/ocpi';
import { type IncomingMessage } from 'node:http';

/** A request as it arrived at a test party. */
export interface ReceivedRequest {
  readonly method: string;
  /** Path and query as they stood on the request line. */
  readonly rawUrl: string;
  /** `rawUrl` up to the first `?`. */
  readonly path: string;
  /** `rawUrl` after the first `?`, or an empty string. */
  readonly query: string;
  /** Names in lower case; repeated ones joined as Node does. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Name and value alternating, in the order and spelling of the wire. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
  readonly at: Date;
  /** The advertised endpoint that was addressed; null for versions, details and credentials. */
  readonly interfaceRole: InterfaceRole | null;
  readonly module: string | null;
  /**
   * What follows the advertised endpoint in the path, verbatim: `/NL/TNM/LOC1` whether or not the endpoint ends
   * in a slash, empty for the endpoint itself.
   */
  readonly rest: string;
}

/** An endpoint of a party, by the path under which it is served. */
export interface ServedEndpoint {
  readonly module: string;
  readonly interfaceRole: InterfaceRole;
  readonly path: string;
}

/** Reads a request to its end and tells which of the endpoints it is for. */
export async function receive(
  message: IncomingMessage,
  endpoints: readonly ServedEndpoint[],
): Promise<ReceivedRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  const rawUrl = message.url ?? '';
  const cut = rawUrl.indexOf('?');
  const path = cut < 0 ? rawUrl : rawUrl.slice(0, cut);
  const endpoint = endpoints.find((each) => isUnder(path, each.path));
  return {
    ...{ method: message.method ?? '', rawUrl, path, query: cut < 0 ? '' : rawUrl.slice(cut + 1) },
    headers: message.headers as Record<string, string>,
    ...{ rawHeaders: message.rawHeaders, body: Buffer.concat(chunks), at: new Date() },
    interfaceRole: endpoint?.interfaceRole ?? null,
    module: endpoint?.module ?? null,
    rest: endpoint ? restOf(path, endpoint.path) : path,
  };
}

function isUnder(path: string, endpoint: string): boolean {
  return path === endpoint || path === open(endpoint) || path.startsWith(`${open(endpoint)}/`);
}

function restOf(path: string, endpoint: string): string {
  return path === endpoint ? '' : path.slice(open(endpoint).length);
}

function open(endpoint: string): string {
  return endpoint.endsWith('/') ? endpoint.slice(0, -1) : endpoint;
}
