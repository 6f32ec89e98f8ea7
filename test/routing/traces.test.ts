/** One correlation id, one tree: what the operator is shown of messages that took several ways. */
import { randomUUID } from 'node:crypto';
import { type CallAnswer, success } from '@app/testkit';
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

test('a broadcast to 20 parties with retries is one tree with every leg and every attempt', async () => {
  let refused = 0;
  emsps[0]!.answerWith(() => (refused++ < 2 ? { httpStatus: 503, body: 'busy' } : undefined));
  const pushed: CallAnswer = await cpo.call({
    ...{ module: 'locations', interfaceRole: 'RECEIVER', method: 'PUT', from: 'NL*CPO', to: HUB_PARTY },
    ...{ rest: '/NL/CPO/LOC1', body: { id: 'LOC1', name: 'payload' } },
  });
  await allSettled(hub.settings.databaseUrl);
  const trace = await traceOf(pushed.correlationId!, 1 + RECEIVERS + 2);
  expect([trace.correlation_id, trace.truncated]).toEqual([pushed.correlationId, false]);
  const [message, ...others] = trace.messages;
  expect(others).toEqual([]);
  expect(message).toMatchObject({ kind: 'message', delivery: null });
  expect(message!.message).toMatchObject({ from: 'NL*CPO', scenario: 'broadcast', status_code: 1000 });
  expect(message!.children.map(({ kind }) => kind)).toEqual(Array(RECEIVERS).fill('delivery'));
  const receivers = message!.children.map(({ delivery }) => delivery!.receiver);
  expect(new Set(receivers).size).toBe(RECEIVERS);
  for (const leg of message!.children) {
    const statuses = leg.children.map(({ message: attempt }) => attempt!.http_status);
    const retried = leg.delivery!.receiver === 'DE*M00';
    expect([leg.delivery!.state, statuses]).toEqual(['delivered', retried ? [503, 503, 200] : [200]]);
    expect(leg.children.every(({ kind }) => kind === 'attempt')).toBe(true);
  }
  expect(JSON.stringify(trace)).not.toContain('payload');
});

test('START_SESSION and its late result under the same correlation id are one tree', async () => {
  const emsp = emsps[1]!;
  const correlationId = randomUUID();
  cpo.answerWith(() => ({ body: success('{"result":"ACCEPTED","timeout":30}') }));
  const started = await emsp.call({
    ...{ module: 'commands', interfaceRole: 'RECEIVER', method: 'POST', from: 'DE*M01', to: 'NL*CPO' },
    rest: '/START_SESSION',
    body: {
      response_url: `${emsp.endpoint('commands', 'SENDER')}/START_SESSION/7`,
      location_id: 'LOC1',
      token: { uid: 'T' },
    },
    headers: { 'X-Correlation-ID': correlationId },
  });
  expect(started.json<{ status_code: number }>().status_code).toBe(1000);
  const { response_url } = JSON.parse(String(cpo.received.at(-1)!.body)) as { response_url: string };
  emsp.answerWith(() => ({ body: success('null') }));
  const headers = { 'X-Correlation-ID': correlationId };
  await cpo.follow(response_url, 'POST', { body: { result: 'ACCEPTED' }, headers });
  const trace = await traceOf(correlationId, 2);
  expect(trace.messages).toHaveLength(1);
  const [command] = trace.messages;
  expect(command!.message).toMatchObject({ from: 'DE*M01', to: 'NL*CPO', module: 'commands' });
  expect(command!.children).toHaveLength(1);
  expect(command!.children[0]).toMatchObject({ kind: 'callback', children: [] });
  expect(command!.children[0]!.message).toMatchObject({ from: 'NL*CPO', to: 'DE*M01', status_code: 1000 });
});

test('a correlation id that nobody used is a 404, one that cannot be an id a 400', async () => {
  const unknown = await hub.admin.send('GET', `/traces/${randomUUID()}`);
  expect([unknown.httpStatus, unknown.json()]).toMatchObject([404, { code: 'not_found' }]);
  const malformed = await hub.admin.send('GET', '/traces/%00');
  expect([malformed.httpStatus, malformed.json()]).toMatchObject([
    400,
    { code: 'invalid_input', details: [{ field: 'correlation_id' }] },
  ]);
});
