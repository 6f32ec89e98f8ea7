import {
  bytesAt,
  findElements,
  isSuccess,
  MAX_ENTRIES,
  statusCodeOf,
  stringAtPath,
  wholeNumber,
} from '@app/ocpi';
import { decodedBody } from '../content';
import { type PlatformEntry } from '../directory';
import { HubError } from '../hub-error';
import { maskedExcerpt } from '../masked-excerpt';
import { type CourierAnswer } from '../ports';
import { isLarge, nextTurn } from '../turn-budget';
import { valueIn } from './object-change';

/** One page of a list as a peer answered it. */
export interface ListedPage {
  readonly httpStatus: number;
  readonly ocpiStatus: number;
  /** Each object's own bytes, untouched. */
  readonly elements: readonly Buffer[];
  /** The `Link` header. */
  readonly link: string | undefined;
  /** `X-Total-Count`, when it is a number. */
  readonly total: number | undefined;
  /** `X-Limit`, when it is a number. */
  readonly limit: number | undefined;
}

const NULL = Buffer.from('null');

/**
 * Reads a page of a list, a large one in several turns of the event loop. Spec: 2.2.1-d2 transport_and_format, Paginated Response.
 *
 * @param by the platform that answered it
 * @throws HubError `hub_token_refused`, `answer_not_ocpi`
 */
export async function readListedPage(answer: CourierAnswer, by: PlatformEntry): Promise<ListedPage> {
  const { httpStatus, headers, body } = answer;
  if (httpStatus === 401 || httpStatus === 403) {
    throw new HubError('hub_token_refused', undefined, { peerSaid: saidIn(answer, by) });
  }
  const plain = decodedBody(body, headers['content-encoding'], by.id);
  const ocpiStatus = plain && statusCodeOf(plain);
  if (ocpiStatus === undefined) {
    throw new HubError('answer_not_ocpi', `HTTP ${httpStatus}`, { peerSaid: saidIn(answer, by) });
  }
  const { link, 'x-total-count': total = '', 'x-limit': limit = '' } = headers;
  return {
    httpStatus,
    ocpiStatus,
    elements: isSuccess(ocpiStatus) ? await elementsOf(plain!, by) : [],
    link,
    total: wholeNumber(total.trim()),
    limit: wholeNumber(limit.trim()),
  };
}

/** A platform's own words in an answer: its `status_message`, or the first printable characters; without tokens. */
export function saidIn({ headers, body }: CourierAnswer, by: PlatformEntry): string | undefined {
  const plain = decodedBody(body, headers['content-encoding'], by.id);
  if (!plain) return undefined;
  const message = stringAtPath(plain, ['status_message']);
  const said = maskedExcerpt(message ? Buffer.from(message) : plain, by.authorization);
  return said === '' ? undefined : said;
}

/**
 * No `data` is an empty list: some leave it out. Any other value is no list, and not one that has become empty.
 *
 * @throws HubError `answer_not_ocpi`
 */
async function elementsOf(body: Buffer, by: PlatformEntry): Promise<Buffer[]> {
  const list = valueIn(body, 'data');
  if (!list || Buffer.from(list).equals(NULL)) return [];
  if (isLarge(list)) await nextTurn();
  const elements = findElements(list);
  if (!elements) {
    const why = `data is not a list of at most ${MAX_ENTRIES} objects`;
    throw new HubError('answer_not_ocpi', why, { peerSaid: maskedExcerpt(body, by.authorization) });
  }
  return elements.map((span) => Buffer.from(bytesAt(list, span)));
}
