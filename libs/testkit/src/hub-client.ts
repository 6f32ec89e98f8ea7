import { type InterfaceRole } from '@app/ocpi';
import { type Agent } from 'node:http';
import { callHeaders, type Habits } from './habits';
import { type CallAnswer, type CallHeaders, type OcpiEnvelope, sendCall } from './ocpi-call';
import { type AdvertisedEndpoint, type Credentials } from './platform-options';

/** A step of the handshake that the hub did not answer with success. */
export class HandshakeRefused extends Error {
  override readonly name = 'HandshakeRefused';
  constructor(
    step: string,
    readonly answer: CallAnswer,
  ) {
    super(`${step}: HTTP ${answer.httpStatus} ${answer.body.toString().slice(0, 300)}`);
  }
}

/** What a platform knows of the hub, and how it calls it. */
export class HubClient {
  /** The credentials token for the hub: token A until registered, token C after. */
  token: string | null = null;
  versionsUrl = '';
  endpoints: readonly AdvertisedEndpoint[] = [];

  constructor(
    private readonly agent: Agent,
    private readonly habits: Habits = {},
  ) {}

  /** The URL of an interface that the hub advertises. @throws Error when it advertises none */
  endpoint(module: string, interfaceRole: InterfaceRole): string {
    const match = (each: AdvertisedEndpoint) => each.identifier === module && each.role === interfaceRole;
    const found = this.endpoints.find(match) ?? this.onlyRole(module);
    if (!found) throw new Error(`the hub advertises no ${module} ${interfaceRole}`);
    return found.url;
  }

  /** The role of `credentials` has no meaning, peers advertise either. */
  private onlyRole(module: string): AdvertisedEndpoint | undefined {
    if (this.habits.credentialsRole) return undefined;
    return module === 'credentials' ? this.endpoints.find((each) => each.identifier === module) : undefined;
  }

  /** GET versions, choose one, GET its details. @throws HandshakeRefused */
  async discover(versionsUrl: string, version: string): Promise<void> {
    this.versionsUrl = versionsUrl;
    const versions = await this.get<{ version: string; url: string }[]>('versions', versionsUrl);
    const url = versions.find((each) => each.version === version)?.url;
    if (url === undefined) throw new Error(`the hub does not list version ${version}`);
    const details = await this.get<{ endpoints: AdvertisedEndpoint[] }>('version details', url);
    this.endpoints = details.endpoints;
  }

  /** One request to the hub's credentials endpoint, whatever comes of it. */
  credentials(method: string, body?: Credentials): Promise<CallAnswer> {
    return this.send({
      method,
      url: this.endpoint('credentials', this.habits.credentialsRole ?? 'RECEIVER'),
      body,
    });
  }

  send(call: {
    readonly method: string;
    readonly url: string;
    readonly body?: unknown;
    readonly headers?: CallHeaders;
  }): Promise<CallAnswer> {
    const headers = { ...call.headers, ...callHeaders(this.habits, this.token) };
    return sendCall({ token: this.token, agent: this.agent, ...call, headers });
  }

  private async get<T>(step: string, url: string): Promise<T> {
    return successData<T>(step, await this.send({ method: 'GET', url }));
  }
}

/** The data of a success. @throws HandshakeRefused for anything else */
export function successData<T>(step: string, answer: CallAnswer): T {
  const envelope: OcpiEnvelope | undefined = answer.httpStatus === 200 ? answer.json() : undefined;
  if (envelope?.status_code !== 1000) throw new HandshakeRefused(step, answer);
  return envelope.data as T;
}
