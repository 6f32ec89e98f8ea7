import { type ArchivedMessage, type DeliveryView } from '../ports';
import { type TraceNode, traceTree } from './trace-tree';

const at = (second: number): Date => new Date(Date.UTC(2026, 0, 1, 12, 0, second));

function row(id: string, second: number, more: Partial<ArchivedMessage> = {}): ArchivedMessage {
  return {
    ...{ id, at: at(second), correlationId: 'c', requestId: id, onwardRequestId: 'o', idsMade: false },
    ...{ parentCorrelationId: null, parentRequestId: null },
    ...{
      scenario: 'direct',
      version: '2.2.1',
      module: 'commands',
      interfaceRole: 'RECEIVER',
      method: 'POST',
    },
    ...{ fromPlatformId: 'msp', toPlatformId: 'cpo', from: 'DE*MSP', to: 'NL*CPO' },
    claimedFrom: null,
    ...{ reason: null, note: null, path: null },
    ...{ httpStatus: 200, ocpiStatus: 1000, durationMs: 1, requestBytes: 1, answerBytes: 1, error: null },
    ...more,
  };
}

const push = (id: string, second: number): ArchivedMessage =>
  row(id, second, { scenario: 'broadcast', onwardRequestId: null, toPlatformId: null, to: null });

const attempt = (requestId: string, platform: string, second: number): ArchivedMessage =>
  row(`${requestId}>${platform}@${second}`, second, {
    ...{ requestId, scenario: 'broadcast', fromPlatformId: null, from: 'DE*HUB' },
    ...{ toPlatformId: platform, to: platform },
  });

function leg(requestId: string, platformId: string, second: number): DeliveryView {
  return {
    ...{ id: `${requestId}>${platformId}`, state: 'waiting', platformId, receiver: platformId, requestId },
    ...{ module: 'locations', method: 'PUT', object: 'l1', correlationId: 'c', attempts: 0, lastError: null },
    ...{ createdAt: at(second), nextAttemptAt: null },
  };
}

/** The tree as nested names. */
function shapeOf(nodes: readonly TraceNode[]): unknown[] {
  return nodes.map((node) => {
    const name = `${node.kind} ${node.kind === 'delivery' ? node.delivery.id : node.message.id}`;
    return node.children.length === 0 ? name : [name, ...shapeOf(node.children)];
  });
}

test('each command has its own late results below it, whichever correlation id they came under', () => {
  const back = (of: string): Partial<ArchivedMessage> => ({
    ...{ fromPlatformId: 'cpo', toPlatformId: 'msp', scenario: 'callback', correlationId: 'of the CPO' },
    ...{ parentCorrelationId: 'c', parentRequestId: of },
  });
  const messages = [
    ...[row('late', 99, back('start')), row('result', 60, back('start')), row('stopped', 95, back('stop'))],
    ...[row('start', 1), row('stop', 50)],
  ];
  expect(shapeOf(traceTree({ messages, deliveries: [] }))).toEqual([
    ['message start', 'callback result', 'callback late'],
    ['message stop', 'callback stopped'],
  ]);
});

test('a broadcast holds its deliveries, and each of them its attempts, oldest first', () => {
  const messages = [attempt('p', 'b', 9), attempt('p', 'a', 3), attempt('p', 'b', 2), push('p', 1)];
  const deliveries = [leg('p', 'c', 1), leg('p', 'b', 1), leg('p', 'a', 1)];
  expect(shapeOf(traceTree({ messages, deliveries }))).toEqual([
    [
      'message p',
      'delivery p>c',
      ['delivery p>b', 'attempt p>b@2', 'attempt p>b@9'],
      ['delivery p>a', 'attempt p>a@3'],
    ],
  ]);
});

test('of two broadcasts under one correlation id each has its own deliveries', () => {
  const messages = [push('p', 1), push('q', 2), attempt('q', 'a', 4), attempt('p', 'a', 5)];
  const deliveries = [leg('q', 'a', 2), leg('p', 'a', 1)];
  expect(shapeOf(traceTree({ messages, deliveries }))).toEqual([
    ['message p', ['delivery p>a', 'attempt p>a@5']],
    ['message q', ['delivery q>a', 'attempt q>a@4']],
  ]);
});

test('clocks that differ by a second tear nothing apart', () => {
  const messages = [push('p', 5), attempt('p', 'a', 3)];
  expect(shapeOf(traceTree({ messages, deliveries: [leg('p', 'a', 4)] }))).toEqual([
    ['message p', ['delivery p>a', 'attempt p>a@3']],
  ]);
});

test('what has lost its parent is still there', () => {
  const forgotten = [attempt('p', 'a', 3), row('late', 4, { scenario: 'callback', fromPlatformId: 'x' })];
  expect(shapeOf(traceTree({ messages: forgotten, deliveries: [leg('q', 'b', 1)] }))).toEqual([
    'delivery q>b',
    'attempt p>a@3',
    'callback late',
  ]);
  const withoutLeg = traceTree({ messages: [push('p', 1), attempt('p', 'a', 3)], deliveries: [] });
  expect(shapeOf(withoutLeg)).toEqual([['message p', 'attempt p>a@3']]);
});

test('a refused request of nobody known is a message, not an attempt of the hub', () => {
  const refused = row('x', 1, { fromPlatformId: null, onwardRequestId: null, error: 'unauthorized' });
  expect(shapeOf(traceTree({ messages: [refused], deliveries: [] }))).toEqual(['message x']);
});
