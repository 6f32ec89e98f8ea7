import { bytesAt, findElements, isSuccess, MAX_ENTRIES, statusCodeOf, wholeNumber } from '@app/ocpi';
import { decodedBody } from '../content';
import { HubError } from '../hub-error';
import { type CourierAnswer } from '../ports';
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
 * Reads a page of a list. Spec: 2.2.1-d2 transport_and_format, Paginated Response.
 *
 * @param by the platform that answered it
 * @throws HubError `hub_token_refused`, `answer_not_ocpi`
 */
export function readListedPage({ httpStatus, headers, body }: CourierAnswer, by: string): ListedPage {
  if (httpStatus === 401 || httpStatus === 403) throw new HubError('hub_token_refused');
  const plain = decodedBody(body, headers['content-encoding'], by);
  const ocpiStatus = plain && statusCodeOf(plain);
  if (ocpiStatus === undefined) throw new HubError('answer_not_ocpi', `HTTP ${httpStatus}`);
  const { link, 'x-total-count': total = '', 'x-limit': limit = '' } = headers;
  return {
    httpStatus,
    ocpiStatus,
    elements: isSuccess(ocpiStatus) ? elementsOf(plain!) : [],
    link,
    total: wholeNumber(total.trim()),
    limit: wholeNumber(limit.trim()),
  };
}

/**
 * No `data` is an empty list: some leave it out. Any other value is no list, and not one that has become empty.
 *
 * @throws HubError `answer_not_ocpi`
 */
function elementsOf(body: Buffer): Buffer[] {
  const list = valueIn(body, 'data');
  if (!list || Buffer.from(list).equals(NULL)) return [];
  const elements = findElements(list);
  if (!elements)
    throw new HubError('answer_not_ocpi', `data is not a list of at most ${MAX_ENTRIES} objects`);
  return elements.map((span) => Buffer.from(bytesAt(list, span)));
}
