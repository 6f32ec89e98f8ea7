import { exchangeBodies, partyKey, type PartyId, ROLES, scenarioOf } from '@app/ocpi';
import { type Participant } from '../agreement';
import { type Directory, type PlatformEntry } from '../directory';
import { type Identified, learned, type Permitted, type Receiver } from '../exchange';
import { resumesGetAll } from '../get-all/list-request';
import { HubError } from '../hub-error';

/** What the decision looks at besides the message. */
export interface PermitParts {
  readonly directory: Directory;
  readonly hub: PartyId;
}

/**
 * Step 4: which way does the message take, and may it?
 *
 * Spec: 2.2.1-d2 transport_and_format, Message Routing; status_codes, 4xxx: Hub errors.
 *
 * @throws HubError `hub_not_addressable`, `sender_suspended`, `receiver_*`, `no_agreement`,
 *   `interface_not_implemented`, `version_not_relayed`
 */
export function permit(identified: Identified, parts: PermitParts): Permitted {
  if (identified.caller.record.suspended) throw new HubError('sender_suspended');
  const { to, method, target, row } = identified;
  const addressed = { to, method, interfaceRole: target.interfaceRole, row, resumes: resumesGetAll(target) };
  const scenario = scenarioOf(addressed, parts.hub);
  if (!scenario) throw hubNotAddressable(identified);
  const receiver = to && scenario === 'direct' ? receiverOf(identified, to, parts.directory) : undefined;
  return learned(identified, { scenario, receiver });
}

function hubNotAddressable({ method, target, row, to }: Identified): HubError {
  const what = `${method} on ${target.module} ${target.interfaceRole}`;
  if (!row)
    return new HubError('hub_not_addressable', `${target.module}: name the receiving party in OCPI-to-*`);
  return new HubError(
    'hub_not_addressable',
    `${what} is for one party${to ? ', not for the hub' : ''}: name the receiving party in OCPI-to-*`,
  );
}

/**
 * The platform that a message to a pair goes to, and its endpoint.
 *
 * @throws HubError `receiver_*`, `version_not_relayed`, `interface_not_implemented`
 */
export function receiverOf(identified: Identified, to: PartyId, directory: Directory): Receiver {
  const platform = choosePlatform(identified, to, directory.platformsOf(to));
  if (!platform)
    throw new HubError(directory.waits(to) ? 'receiver_waiting' : 'receiver_unknown', partyKey(to));
  requireRelayable(identified, platform, to, directory);
  const { target } = identified;
  const endpoint = platform.endpoint(target.module, target.interfaceRole);
  if (!endpoint) {
    throw new HubError(
      'interface_not_implemented',
      `${partyKey(to)} has no ${target.module} ${target.interfaceRole}`,
    );
  }
  return { platform, party: to, endpoint };
}

/**
 * Whether a message may go to a pair on a platform now.
 *
 * @throws HubError `receiver_planned`, `receiver_suspended`, `receiver_offline`, `no_agreement`,
 *   `version_not_relayed`
 */
export function requireRelayable(
  identified: Identified,
  platform: PlatformEntry,
  to: PartyId,
  directory: Directory,
): void {
  requireReachable(identified, platform, to);
  requireAgreement(identified, platform.participant(to), directory);
  const { target, caller } = identified;
  const { version } = platform.record;
  if (!version || !exchangeBodies(caller.record.version ?? target.version, version)) {
    throw new HubError('version_not_relayed', `${partyKey(to)} uses ${version}`);
  }
  requireOnline(identified, platform, to, directory);
}

/**
 * Each platform is sent what its half of the pair receives, whether it has the interface or not. Where the role does not
 * tell, as with a custom module, it is the platform that had the name first: a later one takes no messages with it.
 */
function choosePlatform(
  { row, target }: Identified,
  to: PartyId,
  candidates: readonly PlatformEntry[],
): PlatformEntry | undefined {
  if (candidates.length < 2) return candidates[0];
  const roles = row?.interfaces[target.interfaceRole].roles ?? [];
  const score = (platform: PlatformEntry): number =>
    (platform.hasRole(to, roles) ? 4 : 0) +
    (platform.holdsAs(to, roles) ? 2 : 0) +
    (platform.holds(to) ? 1 : 0);
  const since = (platform: PlatformEntry): number =>
    Math.min(...platform.partiesOf(to).map(({ knownSince }) => knownSince.getTime()));
  const isBefore = (one: PlatformEntry, other: PlatformEntry): boolean =>
    score(one) === score(other) ? since(one) < since(other) : score(one) > score(other);
  return candidates.reduce((best, next) => (isBefore(next, best) ? next : best));
}

/** @throws HubError `receiver_suspended`, `receiver_planned` */
function requireReachable({ row, target }: Identified, platform: PlatformEntry, to: PartyId): void {
  const { suspended, status } = platform.record;
  if (suspended || status === 'SUSPENDED' || !platform.holds(to)) {
    throw new HubError('receiver_suspended', partyKey(to));
  }
  const roles = row?.interfaces[target.interfaceRole].roles ?? [];
  const meant = platform.holdsAs(to, roles) ? roles : ROLES;
  const isRegistered = platform
    .partiesOf(to)
    .some((party) => party.held && party.status !== 'PLANNED' && meant.includes(party.role));
  if (status === 'PLANNED' || !isRegistered) throw new HubError('receiver_planned', partyKey(to));
}

/** Asked last: the one message in a while that may try an OFFLINE platform has passed everything else. */
function requireOnline(
  { receivedAt }: Identified,
  platform: PlatformEntry,
  to: PartyId,
  { trials }: Directory,
): void {
  if (platform.record.status === 'OFFLINE' && !trials.mayTry(platform.id, receivedAt)) {
    throw new HubError('receiver_offline', partyKey(to));
  }
}

/** @throws HubError `no_agreement` */
function requireAgreement(identified: Identified, to: Participant, directory: Directory): void {
  const { caller, from, target, receivedAt } = identified;
  const exchange = { from: caller.participant(from), to, module: target.module };
  if (!directory.agreements.allows(exchange, receivedAt)) {
    throw new HubError('no_agreement', `${partyKey(to.party)}, ${target.module}`);
  }
}
