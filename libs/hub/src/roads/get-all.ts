/**
 * The GET All road: the objects of everybody whom the requester may exchange with, from the hub.
 *
 * Spec: 2.2.1-d2 transport_and_format, GET All via Hubs.
 */
import { type PartyId, partyKey, type Role } from '@app/ocpi';
import { type Directory } from '../directory';
import { type Answer, type Permitted, type Relayed } from '../exchange';
import { type Counterpart, counterpartsOf } from '../get-all/counterparts';
import { listAnswer, type ListPage, objectAnswer } from '../get-all/list-page';
import { isList, type ListRequest, nextUrl, readListRequest } from '../get-all/list-request';
import { type LiveParts, liveList } from '../get-all/live-list';
import { storedList, storedObject, type StoredParts } from '../get-all/stored-list';
import { HubError } from '../hub-error';

export interface GetAllParts extends LiveParts, StoredParts {
  readonly directory: Directory;
  readonly hub: PartyId;
  /** Base URL under which peers reach the hub, without a trailing slash. */
  readonly publicUrl: string;
}

/** One way to get a list: how many objects it gives at most, and a page of it. */
interface Source {
  readonly maxLimit: number;
  readonly list: (
    message: Permitted,
    request: ListRequest,
    counterparts: readonly Counterpart[],
    parts: GetAllParts,
  ) => Promise<ListPage>;
}

/** Live answers are smaller: a peer's whole page must fit into one answer to the hub, 40 kB for each CDR. */
const SOURCES: Readonly<Record<'stored' | 'live', Source>> = {
  stored: { maxLimit: 500, list: storedList },
  live: { maxLimit: 100, list: liveList },
};

/**
 * Answers for all parties.
 *
 * @throws HubError `parameter_malformed`, `object_unknown`, `object_ambiguous`, `hub_not_addressable`
 */
export async function getAll(permitted: Permitted, parts: GetAllParts): Promise<Relayed> {
  const { row, target } = permitted;
  const source = row?.getAll;
  if (!source) throw new HubError('hub_not_addressable');
  requireReceiver(permitted, row.interfaces.RECEIVER.roles);
  const answer = isList(target.rest)
    ? await list(permitted, SOURCES[source], parts)
    : await single(permitted, source, parts);
  return { ...permitted, answer, onwardRequestId: null };
}

async function list(permitted: Permitted, source: Source, parts: GetAllParts): Promise<Answer> {
  const { target } = permitted;
  const request = readListRequest(target, source.maxLimit);
  const page = await source.list(permitted, request, counterpartsOf(permitted, parts.directory), parts);
  const nextPage =
    page.next === null
      ? null
      : nextUrl(parts.publicUrl, target, request, {
          offset: page.nextOffset,
          cursor: page.next,
        });
  return listAnswer(page, parts.hub, parts.now(), { limit: source.maxLimit, nextPage });
}

async function single(permitted: Permitted, source: 'stored' | 'live', parts: GetAllParts): Promise<Answer> {
  if (source === 'live') {
    throw new HubError('hub_not_addressable', 'one object is asked of its owner: name it in OCPI-to-*');
  }
  const object = await storedObject(permitted.target, counterpartsOf(permitted, parts.directory), parts);
  return objectAnswer(object, parts.hub, parts.now());
}

/**
 * Who would not be sent these objects in a broadcast does not get them from the store either: an eMSP's tokens are for
 * CPOs and not for other eMSPs. Spec: 2.2.1-d2 transport_and_format, GET All via Hubs: "A client (Receiver)".
 *
 * @throws HubError `hub_not_addressable`
 */
function requireReceiver({ caller, from, target }: Permitted, roles: readonly Role[]): void {
  if (caller.holdsAs(from, roles)) return;
  const who = `${partyKey(from)} is none of the roles that receive ${target.module}: ${roles.join(', ')}`;
  throw new HubError('hub_not_addressable', who);
}
