/** One correlation id, one tree: what the operator is shown of messages that took several ways. */
import { randomUUID } from 'node:crypto';
import { type CallAnswer, type Misbehaviour, type ReceivedRequest, success } from '@app/testkit';
import { HUB_PARTY, type JoinedPlatform, party, startHub, type TestHub } from '../support/hub';
import { allSettled, until } from '../support/waiting';

interface Node {
  readonly kind: string;
  readonly time: string;
  readonly message: Readonly<Record<string, unknown>> | null;
  readonly delivery: Readonly<Record<string, unknown>> | null;
  readonly children: readonly Node[];
}

interface Trace {
  readonly correlation_id: string;
  readonly messages: readonly Node[];
  readonly truncated: boolean;
}

const RECEIVERS = 20;
let hub: TestHub;
let cpo: JoinedPlatform;
let emsps: readonly JoinedPlatform[];

beforeAll(async () => {
  hub = await startHub({ DELIVERY_FIRST_RETRY_MS: '100' });
  await hub.addWorker();
  cpo = await hub.join('cpo', [party('NL*CPO', 'CPO')]);
  const names = Array.from({ length: RECEIVERS }, (_, n) => `DE*M${String(n).padStart(2, '0')}`);
  emsps = await Promise.all(names.map((name) => hub.join(name, [party(name, 'EMSP')])));
}, 60_000);
afterAll(() => hub?.close());

/** The trace once it holds so many messages: the log is written a moment later. */
async function traceOf(correlationId: string, messages: number): Promise<Trace> {
  const countOf = (nodes: readonly Node[]): number =>
    nodes.reduce((sum, node) => sum + (node.message ? 1 : 0) + countOf(node.children), 0);
  let trace: Trace | undefined;
  await until(
    async () => {
      const answer = await hub.admin.send('GET', `/traces/${correlationId}`);
      trace = answer.httpStatus === 200 ? answer.json<Trace>() : undefined;
      return trace !== undefined && countOf(trace.messages) >= messages;
    },
    8_000,
    () => trace,
  );
  return trace!;
}

/** How the first attempt at some of the receivers ends, and what stands in the log of it. */
const FAILING: Readonly<Record<string, { readonly way: Misbehaviour; readonly logged: object }>> = {
  'DE*M03': {
    way: 'reset_before_answer',
    logged: { http_status: 200, status_code: 4003, error: 'connection_reset' },
  },
  'DE*M07': {
    way: 'reset_mid_body',
    logged: { http_status: 200, status_code: 4003, error: 'connection_reset' },
  },
  'DE*M11': { way: 'envelope_500', logged: { http_status: 500, status_code: 3000, error: 'http_500' } },
  'DE*M19': { way: 'html_500', logged: { http_status: 500, status_code: null, error: 'http_500' } },
};
const DELIVERED = { http_status: 200, status_code: 1000, error: null };

const isPush = ({ module }: ReceivedRequest): boolean => module === 'locations';

/** Makes a platform fail its first request, and answer as it should from then on. */
async function failOnce(platform: JoinedPlatform, way: Misbehaviour): Promise<void> {
  platform.misbehave(way);
  await platform.waitFor(isPush, 10_000);
  platform.misbehave(null);
}

function pushLocation(id: string): Promise<CallAnswer> {
  return cpo.call({
    ...{ module: 'locations', interfaceRole: 'RECEIVER', method: 'PUT', from: 'NL*CPO', to: HUB_PARTY },
    ...{ rest: `/NL/CPO/${id}`, body: { id, name: 'payload' } },
  });
}

test('a broadcast to 20 parties, some failing first, is one tree with every leg and every attempt', async () => {
  let refused = 0;
  emsps[0]!.answerWith(() => (refused++ < 2 ? { httpStatus: 503, body: 'busy' } : undefined));
  const failures = emsps.flatMap((emsp) =>
    FAILING[emsp.name] ? [failOnce(emsp, FAILING[emsp.name]!.way)] : [],
  );
  const pushed = await pushLocation('LOC1');
  await Promise.all(failures);
  await allSettled(hub.settings.databaseUrl, 15_000);
  const trace = await traceOf(pushed.correlationId!, 1 + RECEIVERS + 2 + failures.length);
  expect([trace.correlation_id, trace.truncated]).toEqual([pushed.correlationId, false]);
  const [message, ...others] = trace.messages;
  expect(others).toEqual([]);
  expect(message).toMatchObject({ kind: 'message', delivery: null });
  expect(message!.message).toMatchObject({
    ...{ from: 'NL*CPO', from_platform_id: cpo.id, scenario: 'broadcast', method: 'PUT', status_code: 1000 },
    request_id: pushed.requestId,
  });
  expect(message!.children.map(({ kind }) => kind)).toEqual(Array(RECEIVERS).fill('delivery'));
  for (const emsp of emsps) expectLeg(message!, emsp);
  expect(timesOf(message!)).toEqual(timesOf(message!).toSorted());
  expect(JSON.stringify(trace)).not.toContain('payload');
}, 40_000);

/** The one leg to a platform: delivered, with each attempt under the very X-Request-ID that the platform saw. */
function expectLeg({ children }: Node, emsp: JoinedPlatform): void {
  const [leg, ...more] = children.filter(({ delivery }) => delivery!.receiver === emsp.name);
  expect(more).toEqual([]);
  const busy = { http_status: 503, status_code: null, error: 'http_503' };
  const failed = emsp === emsps[0] ? [busy, busy] : [FAILING[emsp.name]?.logged ?? []].flat();
  expect(leg!.delivery).toMatchObject({
    state: 'delivered',
    platform_id: emsp.id,
    attempts: failed.length + 1,
  });
  expect(leg!.children.map(({ kind }) => kind)).toEqual([...failed, DELIVERED].map(() => 'attempt'));
  expect(leg!.children.map(({ message }) => message)).toMatchObject([...failed, DELIVERED]);
  expect(leg!.children.map(({ message }) => message!.onward_request_id)).toEqual(
    emsp.received.filter(isPush).map(({ headers }) => headers['x-request-id']),
  );
  expect(timesOf(leg!)).toEqual(timesOf(leg!).toSorted());
}

function timesOf({ children }: Node): string[] {
  return children.map(({ time }) => time);
}

describe('a START_SESSION', () => {
  const emsp = (): JoinedPlatform => emsps[1]!;
  const correlationId = randomUUID();
  beforeAll(() => {
    emsp().clear();
    cpo.answerWith(() => ({ body: success('{"result":"ACCEPTED","timeout":30}') }));
    emsp().answerWith(() => ({ body: success('null') }));
  });

  /** Starts a session. @returns the caller's request id, and the URL that the CPO was handed */
  async function start(session: string): Promise<{ readonly requestId: string; readonly url: string }> {
    const started = await emsp().call({
      ...{ module: 'commands', interfaceRole: 'RECEIVER', method: 'POST', from: 'DE*M01', to: 'NL*CPO' },
      rest: '/START_SESSION',
      body: { response_url: `${emsp().endpoint('commands', 'SENDER')}/START_SESSION/${session}` },
      headers: { 'X-Correlation-ID': correlationId },
    });
    expect(started.json<{ status_code: number }>().status_code).toBe(1000);
    const { response_url } = JSON.parse(String(cpo.received.at(-1)!.body)) as { response_url: string };
    return { requestId: started.requestId!, url: response_url };
  }

  test('and its late results are one tree, also when the CPO has correlation ids of its own', async () => {
    const [first, second] = [await start('7'), await start('8')];
    const sentOn = cpo.received.slice(-2).map(({ headers }) => headers['x-request-id']);
    const result = { body: { result: 'ACCEPTED' } };
    const own = await cpo.follow(second.url, 'POST', result);
    await cpo.follow(first.url, 'POST', { ...result, headers: { 'X-Correlation-ID': correlationId } });
    const refused = await cpo.follow(first.url, 'POST', {
      ...result,
      headers: { 'OCPI-to-party-id': 'MSP' },
    });
    const trace = await traceOf(correlationId, 5);
    expect(trace.messages.map(({ message }) => message)).toMatchObject([
      { request_id: first.requestId, onward_request_id: sentOn[0], from: 'DE*M01', to: 'NL*CPO' },
      { request_id: second.requestId, onward_request_id: sentOn[1], from: 'DE*M01', to: 'NL*CPO' },
    ]);
    const [ofFirst, ofSecond] = trace.messages.map(({ children }) => children);
    const back = { from: 'NL*CPO', to: 'DE*M01', status_code: 1000, error: null };
    expect(ofFirst!.map(({ kind }) => kind)).toEqual(['callback', 'callback']);
    expect(ofFirst!.map(({ message }) => message)).toMatchObject([
      { ...back, correlation_id: correlationId, parent_request_id: first.requestId },
      { correlation_id: refused.correlationId, status_code: 2001, error: 'to_malformed' },
    ]);
    expect(ofSecond).toMatchObject([
      {
        kind: 'callback',
        message: { ...back, correlation_id: own.correlationId, request_id: own.requestId },
      },
    ]);
    expect(await traceOf(own.correlationId!, 5)).toMatchObject({ messages: trace.messages });
  });

  test('that was never answered is found with the request id that the CPO may have seen', async () => {
    cpo.misbehave('reset_before_answer');
    const lost = await emsp().call({
      ...{ module: 'commands', interfaceRole: 'RECEIVER', method: 'POST', from: 'DE*M01', to: 'NL*CPO' },
      ...{ rest: '/STOP_SESSION', body: { session_id: 'S' } },
    });
    cpo.misbehave(null);
    const { messages } = await traceOf(lost.correlationId!, 1);
    expect(messages).toMatchObject([
      { kind: 'message', message: { request_id: lost.requestId, error: 'connection_reset' }, children: [] },
    ]);
    expect(messages[0]!.message!.onward_request_id).toBe(cpo.received.at(-1)!.headers['x-request-id']);
  });
});

test('a correlation id that nobody used is a 404, one that cannot be an id a 400', async () => {
  const unknown = await hub.admin.send('GET', `/traces/${randomUUID()}`);
  expect([unknown.httpStatus, unknown.json()]).toMatchObject([404, { code: 'not_found' }]);
  const long = await hub.admin.send('GET', `/traces/${'%2F'.repeat(255)}`);
  expect([long.httpStatus, long.json()]).toMatchObject([404, { code: 'not_found' }]);
  const malformed = await hub.admin.send('GET', '/traces/%00');
  expect([malformed.httpStatus, malformed.json()]).toMatchObject([
    400,
    { code: 'invalid_input', details: [{ field: 'correlation_id' }] },
  ]);
});
