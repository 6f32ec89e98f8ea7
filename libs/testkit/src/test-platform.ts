import { type InterfaceRole, type Party, partyKey } from '@app/ocpi';
import { Agent, type IncomingMessage, type ServerResponse } from 'node:http';
import { Agent as SecureAgent } from 'node:https';
import { type Habits, redirect, refuseToken } from './habits';
import { HubClient, successData } from './hub-client';
import { Listener } from './listener';
import { MISBEHAVIOURS, type Misbehaviour } from './misbehaviour';
import { type CallAnswer, type CallHeaders } from './ocpi-call';
import { type AnswerProgram, success, writeAnswer } from './platform-answer';
import { type Elsewhere, PlatformDesk } from './platform-desk';
import { ALL_MODULES, type Credentials, endpointPath, type TestPlatformOptions } from './platform-options';
import { PlatformTokens } from './platform-tokens';
import { receive, type ReceivedRequest, type ServedEndpoint } from './received-request';
import { Received } from './received';

/** Which of a platform's endpoints misbehave: the modules; versions, details and credentials; credentials alone. */
export type MisbehavingPart = 'functional' | 'configuration' | 'credentials';

export interface PlatformCall {
  readonly interfaceRole: InterfaceRole;
  readonly module: string;
  readonly method: string;
  /** Goes after the hub's endpoint verbatim: `/NL/TNM/LOC1`. */
  readonly rest?: string;
  /** Goes after a `?` verbatim. */
  readonly query?: string;
  readonly body?: unknown;
  readonly headers?: CallHeaders;
  /** `NL*TNM`, or a party; left out: no such headers. */
  readonly from?: string | Party | null;
  readonly to?: string | Party | null;
}

/** A CPO's or eMSP's system on a real socket: it registers, records what it is sent, and calls the hub. */
export class TestPlatform {
  /** What it knows of the hub. */
  readonly hub: HubClient;
  readonly tokens: PlatformTokens;
  /** Requests for versions, details and credentials. */
  readonly configuration = new Received();
  private readonly functional = new Received();
  /** A connection for each call: a kept one would be found dead by the first call after the hub's restart. */
  private readonly agent: Agent;
  private readonly desk: PlatformDesk;
  private readonly listener: Listener;
  private readonly served: readonly ServedEndpoint[];
  private readonly misbehaviour = new Map<MisbehavingPart, Misbehaviour>();
  private program: AnswerProgram = () => undefined;

  private constructor(private readonly options: TestPlatformOptions) {
    const { client, server, tokenEncoding } = options;
    this.tokens = new PlatformTokens(tokenEncoding);
    this.agent = client ? new SecureAgent({ ...client, keepAlive: false }) : new Agent({ keepAlive: false });
    this.hub = new HubClient(this.agent, options.habits);
    this.desk = new PlatformDesk(options, this.tokens, this.hub);
    const answer = (request: IncomingMessage, response: ServerResponse): void =>
      void this.serve(request, response);
    this.listener = new Listener(answer, server ? 'https' : 'http', server);
    const modules = options.modules ?? ALL_MODULES;
    this.served = this.desk.versions.flatMap((version) =>
      modules.map((each) => ({ ...each, path: endpointPath(options, version, each) })),
    );
  }

  static async start(options: TestPlatformOptions): Promise<TestPlatform> {
    const platform = new TestPlatform(options);
    await platform.listener.start();
    platform.desk.origin = platform.origin;
    return platform;
  }

  get name(): string {
    return this.options.name;
  }

  get version(): string {
    return this.desk.version;
  }

  get origin(): string {
    return this.listener.origin.replace('127.0.0.1', this.options.host ?? '127.0.0.1');
  }

  get versionsUrl(): string {
    return this.desk.versionsUrl;
  }

  /** The functional requests that arrived, in their order. */
  get received(): readonly ReceivedRequest[] {
    return this.functional.all;
  }

  /** The URL under which it advertises an interface. */
  endpoint(module: string, interfaceRole: InterfaceRole): string {
    const path = endpointPath(this.options, this.version, { module, interfaceRole });
    return `${this.options.endpointOrigin ?? this.origin}${path}`;
  }

  /** From now on functional requests are answered by a function. */
  answerWith(program: AnswerProgram): void {
    this.program = program;
  }

  /** From now on it says that its version details or credentials are at another scheme and authority. */
  pointElsewhere(elsewhere: Elsewhere): void {
    this.desk.elsewhere = elsewhere;
  }

  /** From now on it is reached under another host name, as its versions and endpoints say; `update` tells the hub. */
  moveTo(host: string): void {
    this.desk.origin = this.listener.origin.replace('127.0.0.1', host);
  }

  /** From now on requests fail in one way, until `null` ends it. */
  misbehave(kind: Misbehaviour | null, part: MisbehavingPart = 'functional'): void {
    if (kind === null) this.misbehaviour.delete(part);
    else this.misbehaviour.set(part, kind);
  }

  /** The first functional request, also of those that came already, that fits. @throws Error after timeoutMs */
  waitFor(predicate: (request: ReceivedRequest) => boolean, timeoutMs = 3_000): Promise<ReceivedRequest> {
    return this.functional.waitFor(predicate, timeoutMs);
  }

  /** Forgets what was received, and what was programmed. */
  clear(): void {
    this.functional.clear();
    this.configuration.clear();
    this.misbehaviour.clear();
    this.desk.elsewhere = {};
    this.program = () => undefined;
  }

  /** Registers at the hub as an OCPI client does. @throws HandshakeRefused */
  async register(versionsUrl: string, tokenA: string): Promise<CallAnswer> {
    this.hub.token = tokenA;
    await this.hub.discover(versionsUrl, this.version);
    return this.exchangeCredentials('POST');
  }

  /** Updates its credentials (PUT): new token B, new token C. @throws HandshakeRefused */
  async update(change: Partial<Pick<Credentials, 'roles' | 'url'>> = {}): Promise<CallAnswer> {
    return this.exchangeCredentials('PUT', change);
  }

  /** Whatever the hub answers to a credentials GET. */
  credentials(): Promise<CallAnswer> {
    return this.hub.credentials('GET');
  }

  /** Whatever the hub answers to a credentials DELETE. */
  unregister(): Promise<CallAnswer> {
    return this.hub.credentials('DELETE');
  }

  /** The Credentials object that it hands out, with a given token. */
  credentialsWith(token: string): Credentials {
    return this.desk.credentialsWith(token);
  }

  /** Calls an endpoint that the hub advertises. */
  call(call: PlatformCall): Promise<CallAnswer> {
    const { rest = '', query = '', method, body } = call;
    const url = joinUrl(this.hub.endpoint(call.module, call.interfaceRole), rest);
    const headers = {
      ...routingHeaders('from', call.from),
      ...routingHeaders('to', call.to),
      ...call.headers,
    };
    return this.hub.send({ method, url: query === '' ? url : `${url}?${query}`, body, headers });
  }

  /** Calls a URL that the hub handed out: a `response_url`, a `Link`, a `Location`. */
  follow(
    url: string,
    method = 'GET',
    more: Pick<PlatformCall, 'body' | 'headers'> = {},
  ): Promise<CallAnswer> {
    return this.hub.send({ method, url, ...more });
  }

  /** Goes away as a killed process does; what it knows stays. */
  stop(): Promise<void> {
    return this.listener.stop();
  }

  /** Comes back on the same port. */
  async restart(): Promise<void> {
    await this.listener.stop();
    await this.listener.start();
  }

  async close(): Promise<void> {
    this.agent.destroy();
    await this.listener.stop();
  }

  private async exchangeCredentials(
    method: 'POST' | 'PUT',
    change: Partial<Credentials> = {},
  ): Promise<CallAnswer> {
    const token = this.tokens.offer();
    try {
      const answer = await this.hub.credentials(method, { ...this.credentialsWith(token), ...change });
      this.hub.token = successData<Credentials>(`credentials ${method}`, answer).token;
      this.tokens.settle(token);
      return answer;
    } catch (error) {
      this.tokens.withdraw(token);
      throw error;
    }
  }

  /** What it does differently. */
  get habits(): Habits {
    return this.options.habits ?? {};
  }

  private async serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await receive(message, this.served).catch(() => undefined);
    if (request === undefined || redirect(this.habits, request.rawUrl, response)) return;
    const part = request.module === null ? 'configuration' : 'functional';
    (part === 'functional' ? this.functional : this.configuration).add(request);
    const isCredentials = part === 'configuration' && /\/credentials\/?$/.test(request.path);
    const kind = this.misbehaviour.get(part) ?? (isCredentials && this.misbehaviour.get('credentials'));
    if (kind) MISBEHAVIOURS[kind](response, message);
    else if (!this.tokens.allow(request.headers.authorization)) this.refuse(response);
    else if (part === 'functional') await this.answer(request, response);
    else await this.answerConfiguration(request, response);
  }

  private refuse(response: ServerResponse): void {
    if (!refuseToken(this.habits, response)) MISBEHAVIOURS.status_401(response);
  }

  private async answer(request: ReceivedRequest, response: ServerResponse): Promise<void> {
    const programmed = await this.program(request);
    if (!response.destroyed) writeAnswer(response, request, programmed, this);
  }

  private async answerConfiguration(request: ReceivedRequest, response: ServerResponse): Promise<void> {
    const data = await this.desk.dataFor(request);
    if (data === undefined) MISBEHAVIOURS.envelope_404(response);
    else writeAnswer(response, request, { body: success(JSON.stringify(data)) }, this);
  }
}

function joinUrl(endpoint: string, rest: string): string {
  if (rest === '') return endpoint;
  const base = endpoint.endsWith('/') ? endpoint.slice(0, -1) : endpoint;
  return rest.startsWith('/') ? `${base}${rest}` : `${base}/${rest}`;
}

function routingHeaders(side: 'from' | 'to', party: string | Party | null | undefined): CallHeaders {
  if (party === null || party === undefined) return {};
  const [countryCode, partyId] = (typeof party === 'string' ? party : partyKey(party)).split('*');
  return { [`OCPI-${side}-country-code`]: countryCode, [`OCPI-${side}-party-id`]: partyId };
}
