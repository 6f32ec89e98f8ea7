/**
 * Asking a platform for its versions, its endpoints and its credentials endpoint.
 *
 * Spec: 2.2.1-d2 version_information_endpoint; credentials, Errors during registration.
 */
import {
  authorizationHeader,
  idHeaders,
  isSuccess,
  STATUS,
  statusCodeOf,
  type TokenEncoding,
} from '@app/ocpi';
import { decodedBody } from '../content';
import { printable } from '../excerpt';
import { asHubError, HubError } from '../hub-error';
import { type Courier, type CourierAnswer } from '../ports';
import { send } from '../roads/direct';
import { type HubIdentity } from './credentials-object';
import { type Handshake, type PeerAnswer } from './handshake';

export interface PeerParts {
  readonly courier: Courier;
  readonly hub: HubIdentity;
  /** For each of the requests to the peer, in ms. */
  readonly timeoutMs: number;
  readonly newId: () => string;
}

/** How to reach a peer: under which platform's pool, with which token, and how it was shown that before. */
export interface PeerAccess {
  readonly platformId: string;
  readonly token: string;
  readonly tokenEncoding?: TokenEncoding;
}

export interface PeerRequest {
  readonly step: 'versions' | 'version_details' | 'credentials';
  readonly method: string;
  readonly url: string;
  readonly body?: unknown;
}

interface Reply extends PeerAnswer {
  /** Where the platform really serves the URL: with a last `/`, or without it. */
  readonly url: string;
  readonly data: unknown;
  /** Where a redirect leads that was not followed. */
  readonly location: string | undefined;
}

/**
 * The configuration modules of one peer, for one handshake. Whether it reads tokens in Base64 is found by trial and
 * error, which the specification leaves to the one that speaks with older systems: what it refuses for the token was not
 * done, and is asked again with the token shown in the other way.
 *
 * Spec: 2.2.1-d2 transport_and_format, Authorization header, NOTE.
 */
export class Peer {
  private shown: TokenEncoding;
  private readonly moved = new Map<string, string>();

  constructor(
    private readonly parts: PeerParts,
    private readonly access: PeerAccess,
    readonly handshake: Handshake,
  ) {
    this.shown = access.tokenEncoding ?? 'base64';
    handshake.hide(access.token);
  }

  /** How it was shown the token when it last took it. */
  get tokenEncoding(): TokenEncoding {
    return this.shown;
  }

  /** A URL as the platform really serves it: it may have redirected to the same one with a last `/`, or without. */
  readonly urlOf = (url: string): string => this.moved.get(url) ?? url;

  /**
   * Sends one request and gives the `data` of its answer. When the platform takes the token in neither way, the refusal
   * of the encoded one is reported: the other may be anything.
   *
   * @throws HubError `peer_unusable`
   */
  async ask(request: PeerRequest): Promise<unknown> {
    this.handshake.step = request.step;
    this.handshake.answer = null;
    const what = `${request.method} ${request.url}`;
    this.requireElsewhere(request.url, what);
    const first = await this.send(request, this.shown, what);
    if (!refusesToken(first)) return this.take(first, request, what);
    const other = this.shown === 'plain' ? 'base64' : 'plain';
    const second = await this.send(request, other, what).catch(() => undefined);
    if (!second || !isDone(second)) return this.take(first, request, what);
    this.shown = other;
    return this.take(second, request, what);
  }

  /** A platform at a URL of the hub would be sent what it sends. @throws HubError `peer_unusable` */
  requireElsewhere(url: string, what: string): void {
    const own = new URL('.', this.parts.hub.versionsUrl).href;
    if (!new URL(url).href.startsWith(own)) return;
    throw new HubError('peer_unusable', `${what}: this is the hub, not the platform`);
  }

  private take(reply: Reply, { url }: PeerRequest, what: string): unknown {
    const { httpStatus, ocpiStatus, said } = reply;
    this.handshake.answer = { httpStatus, ocpiStatus, said };
    if (!isDone(reply)) throw new HubError('peer_unusable', `${what}: ${saidBy(reply)}`);
    if (reply.url !== url) this.moved.set(url, reply.url);
    return reply.data;
  }

  private async send({ method, url, body }: PeerRequest, shown: TokenEncoding, what: string): Promise<Reply> {
    const { courier, newId, timeoutMs } = this.parts;
    const { platformId, token } = this.access;
    const answer = await send(courier, {
      ...{ platformId, method, url, timeoutMs },
      headers: [
        ...['Authorization', authorizationHeader(token, shown)],
        ...idHeaders({ requestId: newId(), correlationId: this.handshake.correlationId }),
        ...(body === undefined ? [] : ['Content-Type', 'application/json']),
      ],
      body: body === undefined ? null : Buffer.from(JSON.stringify(body)),
    }).catch((error: unknown) => {
      throw new HubError('peer_unusable', `${what}: ${asHubError(error).message}`, { cause: error });
    });
    return this.read(answer, url);
  }

  private read({ httpStatus, headers, body, url }: CourierAnswer, asked: string): Reply {
    // Without an `Accept-Encoding` in the request it may be encoded all the same. Spec: RFC 9110, 12.5.3.
    const plain = decodedBody(body, headers['content-encoding'], this.access.platformId);
    const envelope = plain && parseEnvelope(plain);
    const ocpiStatus = (envelope && statusCodeOf(plain)) ?? null;
    const isSuccess = isDone({ httpStatus, ocpiStatus });
    const said = this.handshake.wordsOf(envelope, plain ?? body, isSuccess);
    return {
      httpStatus,
      ocpiStatus,
      said,
      data: envelope?.data,
      url: url ?? asked,
      location: headers.location,
    };
  }
}

/** Spec: 2.2.1-d2 transport_and_format, Authorization header: 401. Some say 403, or 2xxx in the envelope alone. */
function refusesToken({ httpStatus, ocpiStatus }: Reply): boolean {
  if (httpStatus === 401 || httpStatus === 403) return true;
  return ocpiStatus !== null && ocpiStatus >= STATUS.CLIENT_ERROR && ocpiStatus < STATUS.SERVER_ERROR;
}

function isDone({ httpStatus, ocpiStatus }: Pick<Reply, 'httpStatus' | 'ocpiStatus'>): boolean {
  return httpStatus < 300 && ocpiStatus !== null && isSuccess(ocpiStatus);
}

/** `HTTP 401, OCPI 2001 "Unknown token"`. */
function saidBy({ httpStatus, ocpiStatus, said, location }: Reply): string {
  const status = ocpiStatus === null ? 'no OCPI message' : `OCPI ${ocpiStatus}`;
  const led = location === undefined ? '' : `, leads to ${printable(location)}`;
  return `HTTP ${httpStatus}${led}, ${status}${said === null ? '' : ` "${said}"`}`;
}

/** Versions, endpoints or credentials of a peer; to read more would hold up the messages of others. */
const MAX_ENVELOPE_BYTES = 1024 * 1024;

function parseEnvelope(body: Buffer): Record<string, unknown> | undefined {
  if (body.length > MAX_ENVELOPE_BYTES) return undefined;
  try {
    const value: unknown = JSON.parse(body.toString());
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
