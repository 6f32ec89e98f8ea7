import { type HubClient } from './hub-client';
import {
  type AdvertisedEndpoint,
  ALL_MODULES,
  type Credentials,
  credentialsOf,
  endpointPath,
  type TestPlatformOptions,
} from './platform-options';
import { type PlatformTokens } from './platform-tokens';
import { type ReceivedRequest } from './received-request';

export type Elsewhere = Partial<Record<'details' | 'credentials', string>>;

/** What a platform's configuration modules answer: versions, details and credentials. */
export class PlatformDesk {
  /** Scheme and authority under which the platform is reached. */
  origin = '';
  readonly base: string;
  /** The version that the platform itself chooses. */
  readonly version: string;
  readonly versions: readonly string[];
  /** Scheme and authority of version details and credentials, where they are said to be elsewhere. */
  elsewhere: Elsewhere = {};

  constructor(
    private readonly options: TestPlatformOptions,
    private readonly tokens: PlatformTokens,
    private readonly hub: HubClient,
  ) {
    this.base = options.basePath ?? '/ocpi';
    this.version = options.version ?? '2.2.1';
    this.versions = options.versions ?? [this.version];
  }

  get versionsUrl(): string {
    return `${this.origin}${this.base}/versions`;
  }

  /** The Credentials object that the platform hands out, with a given token. */
  credentialsWith(token: string): Credentials {
    return credentialsOf(this.options, token, this.versionsUrl);
  }

  /** The data that a request is answered with; undefined when there is no such URL. */
  async dataFor({ path: asked, method, body }: ReceivedRequest): Promise<unknown> {
    const path = asked.endsWith('/') ? asked.slice(0, -1) : asked;
    if (path === `${this.base}/versions`) {
      const origin = this.elsewhere.details ?? this.origin;
      return this.versions.map((version) => ({ version, url: `${origin}${this.base}/${version}` }));
    }
    const [version = '', module] = path.slice(this.base.length + 1).split('/');
    if (!this.versions.includes(version)) return undefined;
    if (module === undefined) return { version, endpoints: this.advertised(version) };
    return module === 'credentials' ? this.answerCredentials(method, body) : undefined;
  }

  private advertised(version: string): AdvertisedEndpoint[] {
    const origin = this.options.endpointOrigin ?? this.origin;
    const functional = (this.options.modules ?? ALL_MODULES).map((each) => ({
      identifier: each.module,
      role: each.interfaceRole,
      url: `${origin}${endpointPath(this.options, version, each)}`,
    }));
    const url = `${this.elsewhere.credentials ?? this.origin}${this.base}/${version}/credentials`;
    return [{ identifier: 'credentials', role: 'SENDER', url }, ...functional];
  }

  /** The hub registers itself here: this side is the receiver of the handshake. */
  private async answerCredentials(method: string, body: Buffer): Promise<Credentials | null> {
    if (method === 'GET') return this.credentialsWith(this.tokens.current);
    if (method === 'DELETE') {
      this.hub.token = null;
      return null;
    }
    const credentials = JSON.parse(body.toString()) as Credentials;
    this.hub.token = credentials.token;
    await this.hub.discover(credentials.url, this.version);
    this.tokens.settle(this.tokens.offer());
    return this.credentialsWith(this.tokens.current);
  }
}
