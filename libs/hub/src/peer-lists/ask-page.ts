import { idHeaders, isSuccess, type MessageIds, type PartyId, routingHeaders } from '@app/ocpi';
import { type PlatformEntry } from '../directory';
import { HubError } from '../hub-error';
import { readListedPage, saidIn } from '../objects/listed-page';
import { type Courier } from '../ports';
import { send } from '../roads/direct';
import { TurnBudget } from '../turn-budget';
import { type ListWalk, type WalkedPage } from './list-walk';
import { nextPageOf } from './next-page';
import { nameOf } from './object-name';

/** A page that a walk took in. */
export interface TakenPage {
  readonly page: WalkedPage;
  /** For each of its elements, whether the reader does not have it yet. */
  readonly news: readonly boolean[];
}

const EMPTY: WalkedPage = { elements: [], next: { kind: 'none' }, total: undefined, limit: undefined };

/**
 * Asks for the next page of a walk and takes it in. A page that was only counted, and is refused, is none: some peers
 * refuse an offset beyond their last object.
 *
 * @throws HubError as `askPage`
 */
export async function takePage(
  walk: ListWalk,
  ask: (url: string) => Promise<WalkedPage>,
): Promise<TakenPage> {
  const page = await ask(walk.url).catch((error: unknown) => {
    if (walk.isGuess && error instanceof HubError && error.code === 'list_refused') return EMPTY;
    throw error;
  });
  return { page, news: walk.take(page, await namesOf(page.elements)) };
}

/** As `nameOf`, of many objects in several turns of the event loop. */
async function namesOf(objects: readonly Buffer[]): Promise<readonly string[]> {
  const budget = new TurnBudget();
  const names: string[] = [];
  for (const object of objects) {
    names.push(nameOf(object));
    const pause = budget.spend(object);
    if (pause) await pause;
  }
  return names;
}

/** A question for one page of a party's list. */
export interface PageQuestion {
  readonly platform: PlatformEntry;
  readonly from: PartyId;
  readonly to: PartyId;
  readonly url: string;
  readonly ids: MessageIds;
  /** For whom; left out: for the hub itself. */
  readonly asker?: { readonly callerId: string; readonly module: string };
  /** In ms. */
  readonly timeoutMs: number;
}

/**
 * Asks a party for one page of its list.
 *
 * @throws HubError when there is no page: a fault of the connection, an answer that is no list, `list_refused`
 */
export async function askPage(question: PageQuestion, courier: Courier): Promise<WalkedPage> {
  const { platform, from, to, url, ids, asker, timeoutMs } = question;
  const answer = await send(courier, {
    ...{ platformId: platform.id, ...asker, method: 'GET', url, body: null, timeoutMs },
    headers: [
      ...['Authorization', platform.authorization ?? ''],
      ...routingHeaders(to, from),
      ...idHeaders(ids),
    ],
  });
  const { httpStatus, ocpiStatus, link, ...page } = await readListedPage(answer, platform);
  if (httpStatus >= 300 || !isSuccess(ocpiStatus)) {
    const peerSaid = saidIn(answer, platform);
    throw new HubError('list_refused', `HTTP ${httpStatus}, OCPI ${ocpiStatus}`, { peerSaid });
  }
  return { ...page, next: nextPageOf(platform, link, url) };
}
