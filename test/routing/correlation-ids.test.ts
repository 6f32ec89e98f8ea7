/** Correlation ids that are longer than any index takes, through everything that stores them. */
import { randomBytes } from 'node:crypto';
import { type CallAnswer, success } from '@app/testkit';
import { HUB_PARTY, type JoinedPlatform, party, startHub, type TestHub } from '../support/hub';
import { sql } from '../support/store';
import { allSettled, until } from '../support/waiting';

const CPO = party('NL*CPO', 'CPO');
const MSP = party('FR*MSP', 'EMSP');
const ID_CHARACTERS = 4_096;

let hub: TestHub;
let cpo: JoinedPlatform;
let emsp: JoinedPlatform;

beforeAll(async () => {
  hub = await startHub();
  await hub.addWorker();
  cpo = await hub.join('cpo', [CPO]);
  emsp = await hub.join('emsp', [MSP]);
}, 60_000);
afterAll(() => hub.close());
beforeEach(() => emsp.clear());

/** Incompressible: PostgreSQL would compress what repeats, and could index it. */
const longId = (): string => randomBytes(ID_CHARACTERS / 2).toString('hex');

function send(id: string, rest = '/NL/CPO/L1'): Promise<CallAnswer> {
  const put = { module: 'locations', interfaceRole: 'RECEIVER', method: 'PUT' } as const;
  const call = { ...put, rest, body: { id: 'L1' }, from: CPO, to: HUB_PARTY };
  return cpo.call({ ...call, headers: { 'X-Correlation-ID': id } });
}

interface Listed {
  readonly data: readonly { readonly correlation_id: string }[];
}

/** Rows of an admin list, once there are some. */
async function listed(path: string): Promise<Listed['data']> {
  let data: Listed['data'] = [];
  await until(async () => {
    const answer = await hub.admin.send('GET', path);
    expect(answer.httpStatus).toBe(200);
    data = answer.json<Listed>().data;
    return data.length > 0;
  });
  return data;
}

test('A broadcast with an X-Correlation-ID of 4 kB is accepted, and its receiver is sent the whole id', async () => {
  const id = longId();
  const answer = await send(id);
  expect([answer.httpStatus, answer.json().status_code, answer.correlationId]).toEqual([200, 1000, id]);
  await allSettled(hub.settings.databaseUrl);
  const pushes = emsp.received.filter(({ module }) => module === 'locations');
  expect(pushes.map(({ headers }) => headers['x-correlation-id'])).toEqual([id]);
});

test('The operator finds messages, deliveries and the trace by the whole id, and nothing of an id that begins alike', async () => {
  const id = longId();
  const other = `${id.slice(0, -1)}z`;
  await send(id);
  await send(other, '/NL/CPO/L2');
  await allSettled(hub.settings.databaseUrl);
  for (const list of ['messages', 'deliveries']) {
    const kept = await listed(`/${list}?correlation_id=${id}`);
    expect(new Set(kept.map(({ correlation_id }) => correlation_id)).size).toBe(1);
    expect(kept[0]!.correlation_id).toHaveLength(255);
    expect(await listed(`/${list}?correlation_id=${kept[0]!.correlation_id}`)).toContainEqual(kept[0]);
    expect(await listed(`/${list}?correlation_id=${other}`)).not.toContainEqual(kept[0]);
  }
  const trace = await hub.admin.send('GET', `/traces/${id}`);
  expect(trace.json<{ messages: unknown[] }>().messages).toHaveLength(1);
});

test('A result that comes back to a callback of such a message is in its trace', async () => {
  const id = longId();
  const start = { module: 'commands', method: 'POST', rest: '/START_SESSION', from: MSP, to: CPO } as const;
  const body = { response_url: `${emsp.endpoint('commands', 'SENDER')}/START_SESSION/1` };
  cpo.answerWith(() => ({ body: success('{"result":"ACCEPTED","timeout":30}') }));
  emsp.answerWith(() => ({ body: success('null') }));
  const call = { ...start, interfaceRole: 'RECEIVER', body, headers: { 'X-Correlation-ID': id } } as const;
  expect((await emsp.call(call)).json().status_code).toBe(1000);
  const { response_url } = JSON.parse(cpo.received.at(-1)!.body.toString()) as { response_url: string };
  const kept = 'SELECT cause_correlation_id AS id FROM detours WHERE cause_correlation_id IS NOT NULL';
  expect(await sql(hub.settings.databaseUrl, kept)).toEqual([
    { id: expect.stringMatching(/~sha256:/) as string },
  ]);
  const result = { body: { result: 'ACCEPTED' }, headers: { 'X-Correlation-ID': longId() } };
  await cpo.follow(response_url, 'POST', result);
  const tree = async (): Promise<unknown> => (await hub.admin.send('GET', `/traces/${id}`)).json();
  await until(async () => JSON.stringify(await tree()).includes('callback'));
  expect(await tree()).toMatchObject({ messages: [{ kind: 'message', children: [{ kind: 'callback' }] }] });
});
