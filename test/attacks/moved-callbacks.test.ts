/**
 * URLs that the hub keeps for later: a `response_url`, a next page, the `Location` of a CDR. The hub shows its token for
 * a platform where they lead, so that they must lead to the platform's hosts when they are used.
 */
import { type CallAnswer, type ReceivedRequest } from '@app/testkit';
import { type JoinedPlatform, party, startHub, type TestHub } from '../support/hub';
import { until } from '../support/waiting';

let hub: TestHub;
let cpo: JoinedPlatform;

beforeAll(async () => {
  hub = await startHub();
  cpo = await hub.join('cpo', [party('NL*CPO', 'CPO')]);
});
afterAll(() => hub.close());
beforeEach(() => cpo.clear());

/** Callbacks of each kind that lead to a platform under its first host, and how to use them. */
async function handedOut(
  emsp: JoinedPlatform,
  to: string,
  base = emsp.origin,
): Promise<(() => Promise<CallAnswer>)[]> {
  const at = (module: string, role: 'SENDER' | 'RECEIVER'): string =>
    `${emsp.endpoint(module, role).replace(emsp.origin, base)}/1`;
  await emsp.call({
    ...{ module: 'commands', interfaceRole: 'RECEIVER', method: 'POST', rest: '/STOP_SESSION', to: 'NL*CPO' },
    body: { response_url: at('commands', 'SENDER'), session_id: 'S1' },
  });
  const { response_url } = JSON.parse(cpo.received.at(-1)!.body.toString()) as { response_url: string };
  emsp.answerWith(() => ({
    headers: { Location: at('cdrs', 'RECEIVER'), Link: `<${at('tokens', 'SENDER')}>; rel="next"` },
  }));
  const cdr = { module: 'cdrs', interfaceRole: 'RECEIVER', method: 'POST', body: { id: 'C1' }, to } as const;
  const { location } = (await cpo.call(cdr)).headers;
  const { link } = (await cpo.call({ module: 'tokens', interfaceRole: 'SENDER', method: 'GET', to })).headers;
  const next = /<([^>]*)>/.exec(String(link))![1]!;
  emsp.clear();
  return [
    () => cpo.follow(response_url, 'POST', { body: { result: 'ACCEPTED' } }),
    () => cpo.follow(location!),
    () => cpo.follow(next),
  ];
}

const functional = ({ received }: JoinedPlatform): readonly ReceivedRequest[] => received;

async function expectMoved(
  use: () => Promise<CallAnswer>,
  platform: JoinedPlatform,
  words: RegExp,
): Promise<void> {
  const answer = await use();
  expect(answer.json()).toMatchObject({
    status_code: 4003,
    status_message: expect.stringMatching(/moved to other hosts/),
  });
  expect(answer.json().status_message).not.toMatch(words);
  let rows: readonly Readonly<Record<string, unknown>>[] = [];
  await until(async () => {
    ({ data: rows } = await hub.admin.messages({ correlation_id: answer.correlationId! }));
    return rows.length > 0;
  });
  const reason: unknown = expect.stringMatching(words);
  expect(rows).toMatchObject([{ error: 'callback_moved', reason, to_platform_id: platform.id }]);
}

test('a callback URL that was made before a platform moved hosts sends no token to the old host', async () => {
  const emsp = await hub.join('moving', [party('DE*MOV', 'EMSP')]);
  const uses = await handedOut(emsp, 'DE*MOV');
  for (const use of uses) expect((await use()).json().status_code).toBe(1000);
  emsp.moveTo('localhost');
  await emsp.update();
  emsp.clear();
  for (const use of uses)
    await expectMoved(use, emsp, /http:\/\/127\.0\.0\.1:\d+; .*allowed-hosts entry 127\.0\.0\.1:\d+/);
  expect(functional(emsp)).toEqual([]);
});

test('a callback URL on a host that the operator allowed ends when the operator no longer allows it', async () => {
  const emsp = await hub.join('allowed', [party('DE*ALL', 'EMSP')]);
  const host = emsp.origin.replace('http://127.0.0.1', 'localhost');
  await hub.admin.ask('PUT', `/platforms/${emsp.id}/allowed-hosts`, { hosts: [host] });
  await until(async () => {
    const uses = await handedOut(emsp, 'DE*ALL', `http://${host}`).catch(() => undefined);
    return (await uses?.[0]!())?.json().status_code === 1000;
  });
  const uses = await handedOut(emsp, 'DE*ALL', `http://${host}`);
  for (const use of uses) expect((await use()).json().status_code).toBe(1000);
  await hub.admin.ask('PUT', `/platforms/${emsp.id}/allowed-hosts`, { hosts: [] });
  await until(async () => (await uses[0]!()).json().status_code === 4003);
  emsp.clear();
  for (const use of uses) await expectMoved(use, emsp, /http:\/\/localhost:\d+; .*allowed-hosts/);
  expect(functional(emsp)).toEqual([]);
});
