/**
 * What the configuration modules have in common: who calls, which methods there are, and the envelope.
 *
 * Spec: 2.2.1-d2 transport_and_format, Message Routing Headers: routing headers are not used with these modules.
 */
import { authenticateAnyToken, HubError, type Incoming, type TokenHolder } from '@app/hub';
import { envelope, idHeaders, isVersion, STATUS, type Version } from '@app/ocpi';
import { type FastifyReply, type FastifyRequest } from '../edge/fastify';
import { answer, incomingOf } from '../edge/message';
import { type RouterParts } from '../parts';

/** A request of a configuration module, by a platform that presented a valid token. */
export interface ConfigurationRequest {
  readonly incoming: Incoming;
  readonly holder: TokenHolder;
  /** The token as presented. */
  readonly token: string;
}

export interface ConfigurationAnswer {
  readonly data?: unknown;
  /** For the `status_message`. */
  readonly message?: string | undefined;
  readonly headers?: readonly string[];
}

type Handler = (request: ConfigurationRequest) => ConfigurationAnswer | Promise<ConfigurationAnswer>;

/**
 * Answers one request of a configuration module by the handler of its method.
 *
 * @throws HubError `method_not_allowed`, `unauthorized`, and whatever the handler throws
 */
export async function handle(
  parts: RouterParts,
  request: FastifyRequest,
  reply: FastifyReply,
  handlers: Readonly<Partial<Record<string, Handler>>>,
): Promise<void> {
  const incoming = incomingOf(request);
  const { holder, token } = await authenticateAnyToken(incoming, parts);
  const handler = Object.hasOwn(handlers, incoming.method) ? handlers[incoming.method] : undefined;
  if (!handler) throw new HubError('method_not_allowed', incoming.method, { allow: Object.keys(handlers) });
  const { data, message, headers = [] } = await handler({ incoming, holder, token });
  answer(reply, {
    httpStatus: 200,
    headers: ['Content-Type', 'application/json; charset=utf-8', ...idHeaders(incoming.ids), ...headers],
    body: Buffer.from(JSON.stringify(envelope(STATUS.SUCCESS, new Date(), data, message))),
  });
}

/** The version in a URL. @throws HubError `no_such_url` */
export function versionIn(text: string): Version {
  if (!isVersion(text)) throw new HubError('no_such_url', `version ${text.slice(0, 20)}`);
  return text;
}
