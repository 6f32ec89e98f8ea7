/** A platform that answers as a test tells it to, and a hub that it exchanges credentials with. */
import { type CallAnswer, sendCall } from '@app/testkit';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { startHub, type TestHub } from './hub';

export interface OddAnswer {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  /** Goes as `data` of a success. */
  readonly data?: unknown;
  /** Goes as it is. */
  readonly body?: string;
}

/** Answers a request, or leaves it to the usual answer with `undefined`. */
export type OddProgram = (request: IncomingMessage, url: string) => OddAnswer | undefined;

export interface Attempt {
  readonly id: string;
  readonly answer: CallAnswer;
}

export interface HandshakeRow {
  readonly reason: string;
  readonly [field: string]: unknown;
}

interface Asked {
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly token: string;
}

/** The token that the platform hands over, and the token A that it handed to the operator. */
export const THEIR_TOKEN = 'token-of-the-platform';
export const THEIR_TOKEN_A = 'token-a-of-the-platform';

/** How a token is shown in Base64. */
export const encoded = (token: string): string => Buffer.from(token).toString('base64');

/** What `Authorization` shows. */
export const tokenOf = (header = ''): string => header.replace('Token ', '');

/** The message in an OCPI answer. */
export const messageOf = ({ answer }: Attempt): string => answer.json().status_message ?? '';

export class OddPeer {
  hub: TestHub;
  origin = '';
  program: OddProgram = () => undefined;
  endpoints: object[] = [];
  /** Before every path: the hub remembers which paths were redirected. */
  base = '';
  readonly asked: Asked[] = [];
  private nextParty = 100;
  private readonly server: Server = createServer((request, response) => this.serve(request, response));

  /** Starts the hub with these settings, and the platform. */
  async start(env: Record<string, string> = {}): Promise<void> {
    this.hub = await startHub(env);
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    this.origin = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    await new Promise((resolve) => this.server.close(resolve).closeAllConnections());
    await this.hub.close();
  }

  /** Forgets what was asked and programmed. @param base before every path from now on */
  reset(base = ''): void {
    this.asked.length = 0;
    this.program = () => undefined;
    this.base = base;
    const root = `${this.origin}${base}/2.2.1`;
    this.endpoints = [
      { identifier: 'credentials', role: 'RECEIVER', url: `${root}/credentials` },
      { identifier: 'tokens', role: 'RECEIVER', url: `${root}/tokens` },
    ];
  }

  /** What a well-behaved platform answers. */
  usual(url: string): OddAnswer {
    const { base, origin, endpoints } = this;
    if (url === `${base}/versions`) return { data: [{ version: '2.2.1', url: `${origin}${base}/2.2.1` }] };
    if (url === `${base}/2.2.1`) return { data: { version: '2.2.1', endpoints } };
    return { status: 404, body: '{"detail":"Not Found"}' };
  }

  /** A CredentialsRole of a party that no other test has. */
  roleOf(more: object = {}): object {
    const party_id = String(this.nextParty++);
    return { role: 'CPO', country_code: 'NL', party_id, business_details: { name: 'Peer' }, ...more };
  }

  /** Its Credentials object. */
  theirs(url = `${this.origin}/versions`): object {
    return { token: THEIR_TOKEN, url, roles: [this.roleOf()] };
  }

  /** It registers, or updates a registration by PUT. */
  async register(body: object = this.theirs(), method = 'POST', platform?: Attempt): Promise<Attempt> {
    const made = platform ? undefined : await this.hub.admin.createPlatform('peer');
    const token = made?.token_a ?? platform!.answer.json<{ data: { token: string } }>().data.token;
    const url = this.hub.versionsUrl.replace('versions', '2.2.1/credentials');
    return { id: platform?.id ?? made!.id, answer: await sendCall({ method, url, token, body }) };
  }

  /** The hub registers there. */
  async registerThere(path = '/versions'): Promise<Attempt> {
    const { id } = await this.hub.admin.createPlatform('peer');
    return { id, answer: await this.registerAgain(id, path) };
  }

  /** The hub tries once more. */
  registerAgain(id: string, path = '/versions'): Promise<CallAnswer> {
    const body = { versions_url: `${this.origin}${path}`, token_a: THEIR_TOKEN_A };
    return this.hub.admin.send('POST', `/platforms/${id}/register`, body);
  }

  /** Its handshakes in the admin API. */
  async rowsOf({ id }: Pick<Attempt, 'id'>): Promise<readonly HandshakeRow[]> {
    return (await this.hub.admin.ask<{ data: HandshakeRow[] }>('GET', `/platforms/${id}/handshakes`)).data;
  }

  private serve(request: IncomingMessage, response: ServerResponse): void {
    request.resume();
    const { url = '', headers } = request;
    this.asked.push({ url, headers, token: tokenOf(headers.authorization) });
    const { status = 200, headers: more = {}, data, body } = this.program(request, url) ?? this.usual(url);
    const text = body ?? JSON.stringify({ data, status_code: 1000, timestamp: new Date().toISOString() });
    response.writeHead(status, { 'Content-Type': 'application/json', ...more }).end(text);
  }
}
