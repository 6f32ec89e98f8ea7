import { authorizationFault, type IncomingHeaders, presentedTokens, single } from '@app/ocpi';
import { hashToken } from '../credentials';
import { type Directory, type TokenHolder } from '../directory';
import { type Accepted, type Authenticated, type Incoming, learned } from '../exchange';
import { HubError } from '../hub-error';

/**
 * Step 2: which platform is calling?
 *
 * A token A opens the registration and nothing else.
 * Spec: 2.2.1-d2 transport_and_format, Authorization header.
 *
 * @throws HubError `unauthorized`, `no_such_url` for a custom module that no platform has
 */
export function authenticate(accepted: Accepted, directory: Directory): Authenticated {
  const holder = holderOf(accepted, directory);
  if (holder?.token.kind !== 'C') throw unauthorized(accepted.headers, holder);
  const authenticated = learned(accepted, { caller: holder.platform, token: holder.token });
  if (!accepted.row && !directory.advertises(accepted.target.module)) {
    throw new HubError('no_such_url', `no platform has a module ${accepted.target.module.slice(0, 40)}`);
  }
  return authenticated;
}

/** The platform and token that a request shows; `undefined` when the directory knows none. */
export function holderOf(accepted: Incoming, directory: Directory): TokenHolder | undefined {
  for (const hash of hashesOf(accepted)) {
    const holder = directory.holderOf(hash, accepted.receivedAt);
    if (holder) return holder;
  }
  return undefined;
}

interface Presented {
  readonly authorization: string | undefined;
  readonly hashes: readonly string[];
}

/** What each connection showed last: the next request on it most likely shows the same, and to hash it takes a while. */
const shownLast = new WeakMap<object, Presented>();

/** The hashes of the tokens that a request shows. Whose they are is asked anew each time. */
function hashesOf({ headers, connection }: Incoming): readonly string[] {
  const authorization = single(headers.authorization);
  const last = connection && shownLast.get(connection);
  if (last && last.authorization === authorization) return last.hashes;
  const hashes = tokensOf(headers).map(hashToken);
  if (connection) shownLast.set(connection, { authorization, hashes });
  return hashes;
}

/** A 401 that says what is wrong with the header. @param holder of a token A that opens something else */
export function unauthorized({ authorization }: IncomingHeaders, holder?: TokenHolder): HubError {
  return new HubError('unauthorized', holder ? TOKEN_A_ONLY : authorizationFault(single(authorization)));
}

const TOKEN_A_ONLY =
  'this is a token A, which opens versions and credentials alone: register, and use the token that the hub answers';

/** The tokens that the `Authorization` header may stand for. */
export function tokensOf(headers: IncomingHeaders): readonly string[] {
  return presentedTokens(single(headers.authorization));
}
