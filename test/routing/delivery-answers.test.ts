/** Answers of receivers to deliveries that are not quite as OCPI has them. */
import { type CallAnswer } from '@app/testkit';
import { HUB_PARTY, type JoinedPlatform, party, startHub, type TestHub } from '../support/hub';
import { sql } from '../support/store';
import { allSettled, until } from '../support/waiting';

const CPO = party('NL*CPO', 'CPO');

let hub: TestHub;
let cpo: JoinedPlatform;
let emsp: JoinedPlatform;

beforeAll(async () => {
  hub = await startHub({ DELIVERY_FIRST_RETRY_MS: '100' });
  await hub.addWorker();
  await hub.addKeeper();
  cpo = await hub.join('cpo', [CPO]);
  emsp = await hub.join('emsp', [party('FR*MSP', 'EMSP')]);
  await allSettled(hub.settings.databaseUrl);
}, 60_000);
afterAll(() => hub.close());
beforeEach(async () => {
  emsp.clear();
  await sql(hub.settings.databaseUrl, 'TRUNCATE deliveries, pushes, delivery_receivers');
});

function push(object: string): Promise<CallAnswer> {
  const call = { module: 'locations', interfaceRole: 'RECEIVER', method: 'PUT' } as const;
  return cpo.call({ ...call, rest: `/NL/CPO/${object}`, body: { id: object }, from: CPO, to: HUB_PARTY });
}

const ended = (): Promise<{ state: string; last_error: string | null; attempts: number }[]> =>
  sql(hub.settings.databaseUrl, 'SELECT state, last_error, attempts FROM deliveries ORDER BY sequence');

test.each([200, 201, 204])(
  'A delivery that is answered HTTP %i without a body has arrived: it is sent once, and the answer is noted',
  async (httpStatus) => {
    emsp.answerWith(() => ({ httpStatus, body: '' }));
    await push(`L${httpStatus}`);
    await allSettled(hub.settings.databaseUrl);
    expect(await ended()).toEqual([{ state: 'delivered', last_error: 'answer_empty', attempts: 1 }]);
    expect(emsp.received).toHaveLength(1);
    const noted = `SELECT error, note FROM messages WHERE http_status = $1 AND from_platform_id IS NULL AND module = 'locations'
      AND note LIKE '%without a body%'`;
    await until(async () => (await sql(hub.settings.databaseUrl, noted, [httpStatus])).length === 1);
  },
);

test('A delivery that is answered with a body that is no OCPI message is dead, also with HTTP 200', async () => {
  emsp.answerWith(() => ({ body: 'OK' }));
  await push('L1');
  await allSettled(hub.settings.databaseUrl);
  expect(await ended()).toEqual([{ state: 'dead', last_error: 'answer_not_ocpi', attempts: 1 }]);
});

test('A ClientInfo push that is answered 204 has arrived, too', async () => {
  emsp.answerWith(() => ({ httpStatus: 204, body: '' }));
  await hub.join('newcomer', [party('BE*NEW', 'CPO')]);
  const isAnnounced = (): boolean => emsp.received.some(({ rest }) => rest === '/BE/NEW');
  await until(isAnnounced);
  await allSettled(hub.settings.databaseUrl);
  const toEmsp = `SELECT DISTINCT state, last_error FROM deliveries WHERE platform_id = $1`;
  expect(await sql(hub.settings.databaseUrl, toEmsp, [emsp.id])).toEqual([
    { state: 'delivered', last_error: 'answer_empty' },
  ]);
});
