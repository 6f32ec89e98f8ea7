import { type ServerResponse } from 'node:http';
import { type Habits, written } from './habits';
import { type ReceivedRequest } from './received-request';

/** What a test makes a party answer; everything left out is as in the default answer. */
export interface ProgrammedAnswer {
  readonly httpStatus?: number;
  /** Set besides the default headers; null leaves a default one out. Names in any case. */
  readonly headers?: Readonly<Record<string, string | readonly string[] | null>>;
  /** Sent as it is. An object becomes the `data` of a success. */
  readonly body?: Buffer | string | object;
}

/** Answers a request, or leaves it to the default with `undefined`. */
export type AnswerProgram = (
  request: ReceivedRequest,
) => ProgrammedAnswer | undefined | Promise<ProgrammedAnswer | undefined>;

/** Routing headers of an answer name the same pair the other way round. */
const SWAPPED = [
  ['OCPI-from-country-code', 'ocpi-to-country-code'],
  ['OCPI-from-party-id', 'ocpi-to-party-id'],
  ['OCPI-to-country-code', 'ocpi-from-country-code'],
  ['OCPI-to-party-id', 'ocpi-from-party-id'],
  ['X-Request-ID', 'x-request-id'],
  ['X-Correlation-ID', 'x-correlation-id'],
] as const;

/** Operations answered with 201 and the URL of what was made. */
const CREATES = new Set(['cdrs RECEIVER POST']);

const LATER = '{"result":"ACCEPTED", "timeout":30}';
/** Data of the operations whose answer must have some; other GETs have a list or an object. */
const DATA: Readonly<Record<string, string>> = {
  'chargingprofiles RECEIVER DELETE': LATER,
  'chargingprofiles RECEIVER GET': LATER,
  'chargingprofiles RECEIVER PUT': LATER,
  'commands RECEIVER POST': LATER,
  'tokens SENDER POST': '{"allowed":"ALLOWED"}',
};
const LIST = '[]';
const OBJECT = '{"x_number": 1.00, "x_long": 12345678901234567890}';

/** The party that answers: where it is reached, and what it does differently. */
interface AnsweringParty {
  readonly origin: string;
  readonly habits: Habits;
}

const NOBODY: AnsweringParty = { origin: '', habits: {} };

/** Writes the answer of a party, as changed by the test. */
export function writeAnswer(
  response: ServerResponse,
  request: ReceivedRequest,
  programmed: ProgrammedAnswer = {},
  { origin, habits } = NOBODY,
): void {
  const created = CREATES.has(operationOf(request));
  const body = bodyOf(programmed.body, request);
  response.statusCode = programmed.httpStatus ?? (created ? 201 : 200);
  response.setHeader('Content-Type', 'application/json');
  for (const [name, from] of SWAPPED) {
    const value = request.headers[from];
    if (value !== undefined && !habits.sendsNoHeaders) response.setHeader(name, value);
  }
  if (created) response.setHeader('Location', `${origin}${request.path}/${cdrId(request.body)}`);
  for (const [name, value] of Object.entries(programmed.headers ?? {})) {
    if (value === null) response.removeHeader(name);
    else response.setHeader(name, value as string | string[]);
  }
  response.end(written(habits, body));
}

/** An OCPI success around a piece of JSON text, with spaces where a re-serialiser would leave none. */
export function success(data?: string): Buffer {
  const timestamp = new Date().toISOString();
  const field = data === undefined ? '' : ` , "data" : ${data}`;
  return Buffer.from(
    `{ "status_code": 1000, "status_message":"Success"${field}, "timestamp":"${timestamp}" }\n`,
  );
}

function bodyOf(body: ProgrammedAnswer['body'], request: ReceivedRequest): Buffer | string {
  if (Buffer.isBuffer(body) || typeof body === 'string') return body;
  return success(body === undefined ? defaultData(request) : JSON.stringify(body));
}

function defaultData(request: ReceivedRequest): string | undefined {
  const read = request.interfaceRole === 'SENDER' ? LIST : OBJECT;
  return DATA[operationOf(request)] ?? (request.method === 'GET' ? read : undefined);
}

function operationOf({ module, interfaceRole, method }: ReceivedRequest): string {
  return `${module} ${interfaceRole} ${method}`;
}

function cdrId(body: Buffer): string {
  return /"id"\s*:\s*"([^"]+)"/.exec(body.toString())?.[1] ?? 'unknown';
}
