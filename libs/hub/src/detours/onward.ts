import { type IncomingHeaders, isJson, responseUrlInBody, responseUrlInQuery, type UrlSlot } from '@app/ocpi';
import { notJson, plainBody } from '../content';
import { type Permitted, type Receiver } from '../exchange';
import { HubError } from '../hub-error';
import { nextTurn } from '../turn-budget';
import { targetAt } from './target';
import { causeOf, type MakeDetours } from './wanted';

const CONTENT_ENCODING = 'content-encoding';

/** What of a message changes with its `response_url`. */
type Changed = Partial<Pick<Permitted, 'body' | 'headers' | 'target'>>;
type Slot = UrlSlot<Changed>;

/**
 * Replaces the `response_url` of a message by one that the receiver's platform alone may use.
 *
 * @throws HubError `response_url_malformed`, `response_url_elsewhere`, `body_not_json`
 */
export async function onward(message: Permitted, receiver: Receiver, make: MakeDetours): Promise<Permitted> {
  const slot = await slotOf(message);
  if (!slot) return message;
  const { caller, from, target } = message;
  const [url] = await make([
    {
      kind: 'response',
      target: requireOwn(message, slot.url),
      ...{ module: target.module, interfaceRole: 'SENDER' },
      holder: { platformId: receiver.platform.id, party: receiver.party },
      owner: { platformId: caller.id, party: from },
      cause: causeOf(message),
      version: receiver.platform.record.version ?? target.version,
    },
  ]);
  return { ...message, ...slot.fill(url!) };
}

/**
 * Both places are looked at, whichever the operation has it in: what is missing in a body, many frameworks take from
 * the query.
 */
async function slotOf(message: Permitted): Promise<Slot | undefined> {
  const [inBody, inQuery] = [await slotInBody(message), slotInQuery(message)];
  const meant = message.operation?.responseUrl === 'query' ? (inQuery ?? inBody) : (inBody ?? inQuery);
  return meant && { url: meant.url, fill: (url) => ({ ...inBody?.fill(url), ...inQuery?.fill(url) }) };
}

function slotInQuery({ target }: Permitted): Slot | undefined {
  const slot = responseUrlInQuery(target.query);
  return slot && { url: slot.url, fill: (url) => ({ target: { ...target, query: slot.fill(url) } }) };
}

/** An encoded body travels plain once it had to be changed. */
async function slotInBody({ body, headers, caller }: Permitted): Promise<Slot | undefined> {
  const plain = body && plainJson(body, headers, caller.id);
  if (plain !== body) await nextTurn();
  const slot = plain && responseUrlInBody(plain);
  if (!slot) return undefined;
  const others = { ...headers, [CONTENT_ENCODING]: undefined };
  return { url: slot.url, fill: (url) => ({ body: slot.fill(url), headers: others }) };
}

/** @throws HubError `body_not_json` also when it cannot be decoded: a `response_url` in it would lead nowhere */
function plainJson(body: Buffer, headers: IncomingHeaders, by: string): Buffer {
  if (headers[CONTENT_ENCODING] === undefined) return body;
  const plain = plainBody(body, headers, by);
  if (!isJson(plain)) throw notJson(plain);
  return plain;
}

function requireOwn({ caller }: Permitted, text: string): string {
  const target = targetAt(caller, text, 'utf8');
  if (target.kind === 'malformed') throw new HubError('response_url_malformed');
  if (target.kind === 'elsewhere') throw new HubError('response_url_elsewhere', target.where);
  return target.url;
}
