/** Those who show no known token: new here, or nobody's. */
import {
  type Account,
  asHubError,
  type HubError,
  lookUpTokens,
  Strangers,
  tokensOf,
  unauthorized,
} from '@app/hub';
import { hasBody } from '../edge/functional';
import { type RouterParts } from '../parts';
import { type Visit } from './visit';
import { type Visitor } from './visitor';

/** What the door does for the reception. */
export interface Admission {
  callerOf(visitor: Visitor): Account | undefined;
  /** Lets a platform's request in. @throws HubError */
  admit(visitor: Visitor, caller: Account): void;
  /** Lets in a request of which nobody will read the body. @throws HubError */
  visit(visitor: Visitor, caller: Account): Visit;
  turnAway(visitor: Visitor, error: HubError, caller: Account | undefined): void;
}

const OCPI = '/ocpi';

export class Reception {
  private readonly strangers: Strangers;
  /** Health and metrics pages have a count of their own: guesses at tokens must not make a router look ill. */
  private readonly pages: Strangers;

  /** @param perSecond requests of one address */
  constructor(
    private readonly parts: Pick<RouterParts, 'newcomers' | 'clients'>,
    private readonly door: Admission,
    perSecond: number,
  ) {
    const now = (): number => performance.now();
    this.strangers = new Strangers(perSecond, now);
    this.pages = new Strangers(perSecond, now);
  }

  /** Lets a request in when it turns out to be known, or nobody need know it; otherwise answers it. Never throws. */
  async meet(visitor: Visitor, letIn: () => void): Promise<void> {
    let caller: Account | undefined;
    try {
      caller = await this.recognise(visitor);
      if (visitor.response.destroyed) return;
      if (caller) this.door.admit(visitor, caller);
      else keepOut(visitor);
    } catch (error) {
      this.door.turnAway(visitor, asHubError(error), caller ?? this.strangers.account);
      return;
    }
    letIn();
  }

  /** A token that is not known here may have been issued by another process a moment ago. */
  private async recognise(visitor: Visitor): Promise<Account | undefined> {
    const { url = '', headers, socket } = visitor.request;
    const isPage = !url.startsWith(OCPI);
    const address = this.parts.clients.addressOf({ headers, connection: socket });
    (isPage ? this.pages : this.strangers).spend(address);
    if (isPage) return undefined;
    const visit = this.door.visit(visitor, this.strangers.account);
    if (tokensOf(headers).length === 0) return undefined;
    await lookUpTokens({ headers }, this.parts.newcomers);
    const caller = this.door.callerOf(visitor);
    if (caller) visit.leave();
    return caller;
  }
}

/** A stranger gets its answer and no more: no body of it is read, no connection kept. @throws HubError `unauthorized` */
function keepOut({ request, response, connection }: Visitor): void {
  if (connection.owner === undefined) response.shouldKeepAlive = false;
  if (hasBody(request)) throw unauthorized(request.headers);
}
