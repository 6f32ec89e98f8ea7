/**
 * The journey of a message to a URL that the hub handed out: `{PUBLIC_URL}/ocpi/{version}/callback/{id}`.
 *
 * authenticate → find the detour → permit → relay → rewrite → trace
 *
 * Spec: 2.2.1-d2 mod_commands and mod_charging_profiles, Sender Interface; transport_and_format, Pagination;
 * mod_cdrs, GET Method of the Receiver Interface.
 */
import {
  DETOUR_METHODS,
  moduleRow,
  operationOf,
  type PartyId,
  partyKey,
  readFrom,
  readTo,
  type RoutingPair,
  sameParty,
  type Version,
} from '@app/ocpi';
import { captureSent } from './capture';
import { authenticateAnyToken } from './callers';
import { requireJson } from './content';
import { type Directory, type TokenHolder } from './directory';
import { type Identified, type Incoming, learned, type Outgoing, type Permitted } from './exchange';
import { asHubError, HubError } from './hub-error';
import { unauthorized } from './path/authenticate';
import { requireCaller } from './path/identify';
import { requireRelayable } from './path/permit';
import { relay } from './path/relay';
import { rewrite } from './path/rewrite';
import { type Progress, trace } from './path/trace';
import { requireStillOwn } from './detours';
import { type Detour } from './ports';
import { type PathParts, refuse } from './run-path';
import { isLarge, nextTurn } from './turn-budget';

/** What the URL of a callback says. */
export interface CallbackAddress {
  readonly version: Version;
  readonly id: string;
}

/**
 * Takes one message to where a detour leads.
 *
 * @returns what the caller is answered; refusals are answers too, so this never throws
 */
export async function runCallback(
  incoming: Incoming,
  address: CallbackAddress,
  parts: PathParts,
): Promise<Outgoing> {
  let progress: Progress = { ...incoming, scenario: 'callback' };
  try {
    const { holder } = await authenticateAnyToken(incoming, parts);
    progress = { ...progress, caller: holder.platform, token: holder.token };
    const detour = await detourOf(address.id, { holder, headers: incoming.headers }, parts);
    progress = { ...progress, cause: detour.cause ?? undefined, page: detour.page ?? undefined };
    const identified = (progress = identify(progress, address, { detour, holder }));
    requireCaller(identified, parts.directory);
    const permitted = (progress = permit(identified, detour, parts.directory));
    if (isLarge(permitted.body, permitted.headers['content-encoding'])) await nextTurn();
    const relayed = (progress = await relay(permitted, parts));
    const outgoing = rewrite(relayed);
    parts.messageLog.record(trace(relayed, outgoing, relayed.answer.ocpiStatus, parts.now()));
    captureSent(relayed, outgoing, parts);
    return outgoing;
  } catch (error) {
    return refuse(progress, asHubError(error), parts);
  }
}

/** @throws HubError `unauthorized` for a token A; `no_such_url` to everybody but the holder, and after its time */
async function detourOf(
  id: string,
  { holder, headers }: { readonly holder: TokenHolder } & Pick<Incoming, 'headers'>,
  { detours }: PathParts,
): Promise<Detour> {
  if (holder.token.kind !== 'C') throw unauthorized(headers, holder);
  const detour = await detours.find(id);
  if (detour?.holder.platformId !== holder.platform.id) throw new HubError('no_such_url');
  return detour;
}

/** @throws HubError `method_not_allowed`, `from_malformed`, `from_not_yours`, `to_malformed`, `pair_mismatch` */
function identify(
  incoming: Incoming,
  { version }: CallbackAddress,
  { detour, holder }: { readonly detour: Detour; readonly holder: TokenHolder },
): Identified {
  const { kind, module, interfaceRole } = detour;
  const [from, to] = [detour.holder.party, detour.owner.party];
  const allow = DETOUR_METHODS[kind];
  if (!allow.includes(incoming.method)) {
    throw new HubError('method_not_allowed', `use ${allow.join(' or ')}`, { allow });
  }
  requirePair(readFrom(incoming.headers), from, 'from_malformed');
  requirePair(readTo(incoming.headers), to, 'to_malformed');
  if (!holder.platform.holds(from)) throw HubError.fromNotYours(partyKey(from));
  const row = moduleRow(module);
  return {
    ...{ ...incoming, row, from, to, caller: holder.platform, token: holder.token },
    target: { version, module, interfaceRole, rest: '', query: '' },
    operation: row && operationOf(row, interfaceRole, incoming.method),
  };
}

/** Routing headers may be left out: the URL says both parties. */
function requirePair(said: RoutingPair, party: PartyId, malformed: 'from_malformed' | 'to_malformed'): void {
  if (said.kind === 'half') throw new HubError(malformed, `${said.missing} is missing`);
  if (said.kind === 'malformed') throw new HubError(malformed, said.why);
  if (said.kind === 'party' && !sameParty(said.party, party)) {
    throw new HubError('pair_mismatch', `${partyKey(said.party)} instead of ${partyKey(party)}`);
  }
}

/** The target takes the place of an endpoint, and is sent to as it is. @throws HubError as `receiverOf`, `callback_moved` */
function permit(identified: Identified, { owner, target }: Detour, directory: Directory): Permitted {
  requireJson(identified);
  if (identified.caller.record.suspended) throw new HubError('sender_suspended');
  const platform = directory.platform(owner.platformId);
  if (!platform) throw new HubError('receiver_suspended', partyKey(owner.party));
  requireRelayable(identified, platform, owner.party, directory);
  const receiver = { platform, party: owner.party, endpoint: target };
  const permitted = learned(identified, { scenario: 'callback' as const, receiver });
  requireStillOwn(platform, target);
  return permitted;
}
