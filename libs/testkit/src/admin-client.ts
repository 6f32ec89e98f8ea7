/** The operator's side in tests: the admin API over HTTP, objects as they are on the wire (snake_case). */
import { type Party } from '@app/ocpi';
import { type CallAnswer, sendCall } from './ocpi-call';

export interface AdminParty {
  readonly country_code: string;
  readonly party_id: string;
  readonly role: string;
  readonly status: string;
  readonly [field: string]: unknown;
}

export interface AdminPlatform {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly parties: readonly AdminParty[];
  readonly [field: string]: unknown;
}

export interface TokenA {
  readonly token_a: string;
  readonly versions_url: string;
}

export interface AdminPage<T> {
  readonly data: readonly T[];
  readonly next_cursor: string | null;
}

export type AdminQuery = Readonly<Record<string, string | number | undefined>>;

/** An answer outside 2xx. */
export class AdminRefused extends Error {
  override readonly name = 'AdminRefused';
  constructor(
    call: string,
    readonly answer: CallAnswer,
  ) {
    super(`${call}: HTTP ${answer.httpStatus} ${answer.body.toString().slice(0, 300)}`);
  }
}

function partyInput({ countryCode, partyId, role }: Party): object {
  return { country_code: countryCode, party_id: partyId, role };
}

export class AdminClient {
  /** @param url of the admin listener, without a path */
  constructor(
    readonly url: string,
    private readonly apiKey: string,
  ) {}

  createPlatform(name: string, plannedParties?: readonly Party[]): Promise<AdminPlatform & TokenA> {
    const planned = plannedParties?.map(partyInput);
    return this.ask('POST', '/platforms', { name, ...(planned && { planned_parties: planned }) });
  }

  /** Announces these parties for a platform, instead of those that were announced before. */
  announce(id: string, plannedParties: readonly Party[]): Promise<AdminPlatform> {
    return this.ask('PATCH', `/platforms/${id}`, { planned_parties: plannedParties.map(partyInput) });
  }

  /** Approves what waits, or these parties alone. */
  approve(id: string, parties?: readonly Party[]): Promise<AdminPlatform> {
    return this.ask('POST', `/platforms/${id}/approve`, { parties: parties?.map(partyInput) });
  }

  list(query: AdminQuery = {}): Promise<AdminPage<AdminPlatform>> {
    return this.ask('GET', `/platforms${queryString(query)}`);
  }

  show(id: string): Promise<AdminPlatform> {
    return this.ask('GET', `/platforms/${id}`);
  }

  /** A fresh token A. */
  tokenA(id: string): Promise<TokenA> {
    return this.ask('POST', `/platforms/${id}/token-a`);
  }

  /** Makes the hub register itself at a platform. */
  register(id: string, versionsUrl: string, tokenA: string): Promise<AdminPlatform> {
    return this.ask('POST', `/platforms/${id}/register`, { versions_url: versionsUrl, token_a: tokenA });
  }

  suspend(id: string): Promise<AdminPlatform> {
    return this.ask('POST', `/platforms/${id}/suspend`);
  }

  resume(id: string): Promise<AdminPlatform> {
    return this.ask('POST', `/platforms/${id}/resume`);
  }

  /** Makes the hub give a platform a new token. */
  rotateToken(id: string): Promise<AdminPlatform> {
    return this.ask('POST', `/platforms/${id}/rotate-token`);
  }

  /** Ends a platform's registration. */
  unregister(id: string): Promise<unknown> {
    return this.ask('DELETE', `/platforms/${id}`);
  }

  parties(query: AdminQuery = {}): Promise<AdminPage<AdminParty>> {
    return this.ask('GET', `/parties${queryString(query)}`);
  }

  messages(filter: AdminQuery = {}): Promise<AdminPage<Readonly<Record<string, unknown>>>> {
    return this.ask('GET', `/messages${queryString(filter)}`);
  }

  /** A call of `/admin/v1` and its answer, whatever it is. */
  send(method: string, path: string, body?: unknown): Promise<CallAnswer> {
    const headers = { Authorization: `Bearer ${this.apiKey}` };
    return sendCall({ method, url: `${this.url}/admin/v1${path}`, token: null, body, headers });
  }

  /** A call of `/admin/v1` that must succeed. @throws AdminRefused */
  async ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await this.send(method, path, body);
    if (answer.httpStatus < 200 || answer.httpStatus > 299)
      throw new AdminRefused(`${method} ${path}`, answer);
    return (answer.body.length === 0 ? undefined : answer.json<T>()) as T;
  }
}

function queryString(query: AdminQuery): string {
  const given = Object.entries(query).filter((entry) => entry[1] !== undefined);
  if (given.length === 0) return '';
  return `?${new URLSearchParams(given.map(([name, value]): [string, string] => [name, String(value)])).toString()}`;
}
