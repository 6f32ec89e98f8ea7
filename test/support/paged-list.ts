/** A party's Sender interface with pages, as a well-behaved platform has it. */
import { type AnswerProgram, type ProgrammedAnswer, type ReceivedRequest, success } from '@app/testkit';

/** Objects as JSON text, by their owner (`NL*CPO`); tests may change it while it is being paged through. */
export type Lists = Map<string, string[]>;

/**
 * Answers GET of lists from `lists`, to each of the platform's parties its own, `pageSize` at most at a time, with
 * `Link` (relative when `relative`), `X-Total-Count` and `X-Limit`.
 */
export function pagedLists(lists: Lists, pageSize: number, relative = false): AnswerProgram {
  return (request) => {
    if (request.method !== 'GET' || request.interfaceRole !== 'SENDER' || request.rest.length > 1)
      return undefined;
    return page(request, lists.get(addressee(request)) ?? [], pageSize, relative);
  };
}

function addressee({ headers }: ReceivedRequest): string {
  return `${headers['ocpi-to-country-code']}*${headers['ocpi-to-party-id']}`;
}

function page(
  { query, path, headers }: ReceivedRequest,
  all: readonly string[],
  pageSize: number,
  relative: boolean,
): ProgrammedAnswer {
  const asked = new URLSearchParams(query);
  const from = asked.get('date_from');
  const matching = from === null ? all : all.filter((one) => updatedAt(one) >= from);
  const offset = Number(asked.get('offset') ?? 0);
  const limit = Math.min(Number(asked.get('limit') ?? pageSize), pageSize);
  const end = offset + limit;
  asked.set('offset', String(end));
  const next = `${relative ? '' : `http://${headers.host}`}${path}?${asked.toString()}`;
  return {
    body: success(`[ ${matching.slice(offset, end).join(' , ')} ]`),
    headers: {
      'X-Total-Count': String(matching.length),
      'X-Limit': String(pageSize),
      ...(end < matching.length ? { Link: `<${next}>; rel="next"` } : {}),
    },
  };
}

function updatedAt(object: string): string {
  return (JSON.parse(object) as { last_updated: string }).last_updated;
}
