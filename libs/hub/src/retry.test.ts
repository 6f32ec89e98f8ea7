import { type AttemptResult, isErrorCode, judge, retryAfterMs, retryDelayMs } from './retry';

const answered = (httpStatus: number, ocpiStatus?: number): AttemptResult => ({ httpStatus, ocpiStatus });
const empty = (httpStatus: number): AttemptResult => ({ httpStatus, ocpiStatus: undefined, empty: true });

test.each<[string, AttemptResult, string, string | null]>([
  ['a success', answered(200, 1000), 'delivered', null],
  ['a success with HTTP 201', answered(201, 1000), 'delivered', null],
  ["the receiver's own trouble", answered(200, 3000), 'retry', 'ocpi_3000'],
  ['an OCPI 3xxx that nobody defined', answered(200, 3999), 'retry', 'ocpi_3999'],
  ['a client error', answered(200, 2001), 'dead', 'ocpi_2001'],
  ['an unknown token', answered(200, 2004), 'dead', 'ocpi_2004'],
  ["another hub's timeout", answered(200, 4002), 'retry', 'ocpi_4002'],
  ["another hub's unknown receiver", answered(200, 4001), 'dead', 'ocpi_4001'],
  ['HTTP 200 without an envelope', answered(200), 'dead', 'answer_not_ocpi'],
  ['an empty body with HTTP 503', empty(503), 'retry', 'http_503'],
  ['an empty body with HTTP 404', empty(404), 'dead', 'http_404'],
  ['HTTP 400', answered(400, 2001), 'dead', 'http_400'],
  ['HTTP 404', answered(404, 2003), 'dead', 'http_404'],
  ['HTTP 408', answered(408), 'retry', 'http_408'],
  ['HTTP 425', answered(425), 'retry', 'http_425'],
  ['HTTP 429', answered(429, 3000), 'retry', 'http_429'],
  ['HTTP 500 with a client error inside', answered(500, 2001), 'retry', 'http_500'],
  ['an HTML page with HTTP 503', answered(503), 'retry', 'http_503'],
  ['a redirect', answered(307), 'dead', 'http_307'],
  ["a refused token of the hub's", answered(401, 2001), 'retry', 'http_401'],
  ['no answer in time', { refusal: 'answer_timeout' }, 'retry', 'answer_timeout'],
  ['a refused connection', { refusal: 'connection_refused' }, 'retry', 'connection_refused'],
  ['a name that does not resolve', { refusal: 'name_not_resolved' }, 'retry', 'name_not_resolved'],
  ['a private address', { refusal: 'destination_forbidden' }, 'dead', 'destination_forbidden'],
  ['an answer that is too large', { refusal: 'answer_too_large' }, 'dead', 'answer_too_large'],
])('%s', (_, result, state, error) => {
  expect(judge(result)).toEqual({ state, error });
  expect(error === null || isErrorCode(error)).toBe(true);
});

test.each([200, 201, 204])('HTTP %i without a body is a success, with a note', (httpStatus) => {
  expect(judge(empty(httpStatus))).toEqual({
    ...{ state: 'delivered', error: null, note: 'answer_empty' },
  });
});

test.each(['receiver', 'constructor', '', 'http_200', 'http_5030', 'ocpi_1000', 'ocpi_30', 'HTTP_503'])(
  '%j is the code of no error',
  (text) => {
    expect(isErrorCode(text)).toBe(false);
  },
);

const usual = { attempts: 1, firstRetryMs: 1_000, retryAfterMs: undefined, remainingMs: 900_000 };

test('waits double from the first retry on, and chance adds at most half', () => {
  const waits = [1, 2, 3, 4].map((attempts) => retryDelayMs({ ...usual, attempts }, 0));
  expect(waits).toEqual([1_000, 2_000, 4_000, 8_000]);
  expect(retryDelayMs({ ...usual, attempts: 3 }, 1)).toBe(6_000);
});

test('a wait stops growing at two minutes, however many attempts there were', () => {
  expect(retryDelayMs({ ...usual, attempts: 60 }, 0)).toBe(120_000);
});

test('Retry-After lengthens a wait and never shortens it', () => {
  expect(retryDelayMs({ ...usual, retryAfterMs: 7_000 }, 0)).toBe(7_000);
  expect(retryDelayMs({ ...usual, retryAfterMs: 10 }, 0)).toBe(1_000);
});

test('no wait goes beyond the age of the delivery', () => {
  expect(retryDelayMs({ ...usual, retryAfterMs: 3_600_000, remainingMs: 5_000 }, 1)).toBe(5_000);
  expect(retryDelayMs({ ...usual, remainingMs: -3 }, 1)).toBe(0);
});

const now = new Date('2026-01-01T00:00:00Z');

test.each([
  ['120', 120_000],
  [' 0 ', 0],
  ['Thu, 01 Jan 2026 00:00:30 GMT', 30_000],
  ['Wed, 31 Dec 2025 23:00:00 GMT', 0],
  ['soon', undefined],
  ['-5', undefined],
  ['1.5', undefined],
  ['', undefined],
  [undefined, undefined],
])('Retry-After: %s', (header, wait) => {
  expect(retryAfterMs(header, now)).toBe(wait);
});
