/**
 * Who is calling: the look-ups that stand before the path of functional messages and before the
 * configuration modules alike.
 */
import { type ClientCertificates } from './client-certificates';
import { hashToken, type TokenGrace } from './credentials';
import { type Directory, type Newcomers, type TokenHolder } from './directory';
import { type Incoming } from './exchange';
import { asHubError } from './hub-error';
import { requireNotOwn } from './own-mark';
import { type RefusalCode } from './refusals';
import { tokensOf, unauthorized } from './path/authenticate';
import { type LifeSigns } from './status/life-signs';

export interface CallerParts {
  readonly directory: Directory;
  readonly newcomers: Newcomers;
  readonly certificates: Pick<ClientCertificates, 'require'>;
  readonly tokenGrace: TokenGrace;
  readonly signs: Pick<LifeSigns, 'seen'>;
  /** See `ownMark`. */
  readonly ownMark: string;
}

/**
 * The platform behind a request of a configuration module, where a token A is as good as a token C, and the
 * token as it was presented.
 *
 * Spec: 2.2.1-d2 transport_and_format, Authorization header.
 *
 * @throws HubError `unauthorized`, `client_certificate_required`
 */
export async function authenticateAnyToken(
  incoming: Incoming,
  parts: CallerParts,
): Promise<{ readonly holder: TokenHolder; readonly token: string }> {
  const caller = await withSecondLook(
    'unauthorized',
    () => presentedBy(incoming, parts.directory),
    () => lookUpTokens(incoming, parts.newcomers),
  );
  parts.certificates.require(caller.holder.platform, incoming);
  requireNotOwn(incoming.headers, parts.ownMark);
  parts.tokenGrace.used(caller.holder.platform, caller.holder.token);
  parts.signs.seen(caller.holder.platform.id);
  return caller;
}

function presentedBy({ headers, receivedAt }: Incoming, directory: Directory) {
  for (const token of tokensOf(headers)) {
    const holder = directory.holderOf(hashToken(token), receivedAt);
    if (holder) return { holder, token };
  }
  throw unauthorized(headers);
}

/** Asks the store for whoever registered a moment ago through another process. */
export async function lookUpTokens(
  { headers }: Pick<Incoming, 'headers'>,
  newcomers: Newcomers,
): Promise<void> {
  for (const token of tokensOf(headers)) await newcomers.lookUpToken(hashToken(token));
}

/**
 * Runs a step; when it finds somebody unknown, looks for newcomers and runs it once more.
 *
 * @returns what the step returns, and a promise only after a look: most messages need not wait
 */
export function withSecondLook<T>(
  code: RefusalCode,
  step: () => T,
  look: () => Promise<void>,
): T | Promise<T> {
  try {
    return step();
  } catch (error) {
    if (asHubError(error).code !== code) throw error;
  }
  return look().then(step);
}
