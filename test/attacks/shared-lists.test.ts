/**
 * An object that some JSON parsers give up on, in the lists that the hub puts together of everybody's: it would take
 * the objects of all others with it. Whoever sent it reaches one receiver with it at a time, and no list.
 */
import { isUtf8 } from 'node:buffer';
import { type PlatformCall } from '@app/testkit';
import { HUB_PARTY, type JoinedPlatform, party, startHub, type TestHub } from '../support/hub';

let hub: TestHub;
let cpo: JoinedPlatform;
let thief: JoinedPlatform;
let emsp: JoinedPlatform;

beforeAll(async () => {
  hub = await startHub();
  cpo = await hub.join('cpo', [party('NL*CPO', 'CPO')]);
  thief = await hub.join('thief', [party('FR*THF', 'CPO')]);
  emsp = await hub.join('emsp', [party('DE*MSP', 'EMSP')]);
});
afterAll(() => hub.close());

const POISONS: readonly (readonly [string, Buffer])[] = [
  ['no UTF-8', Buffer.from('"\xff"', 'latin1')],
  ['half a surrogate pair', Buffer.from('"\\ud800"')],
  ['200 levels', Buffer.from(`${'['.repeat(200)}${']'.repeat(200)}`)],
];

function object(country: string, id: string, name: Buffer): Buffer {
  const head = `{"country_code":"${country}","party_id":"${country === 'NL' ? 'CPO' : 'THF'}","id":"${id}",`;
  const end = ',"last_updated":"2026-01-01T00:00:00Z"}';
  return Buffer.concat([Buffer.from(`${head}"name":`), name, Buffer.from(end)]);
}

async function idsOf(module: 'locations' | 'sessions'): Promise<unknown[]> {
  const list = { module, interfaceRole: 'SENDER', method: 'GET', to: HUB_PARTY } as const;
  const { body } = await emsp.call(list);
  expect(isUtf8(body)).toBe(true);
  expect(body.toString()).not.toMatch(/\\ud800|\[{40}/);
  return (JSON.parse(body.toString()) as { data: { id: unknown }[] }).data.map(({ id }) => id);
}

it.each(POISONS)('%s in what somebody broadcasts is in nobody’s list', async (_, poison) => {
  const put: PlatformCall = { module: 'locations', interfaceRole: 'RECEIVER', method: 'PUT', to: HUB_PARTY };
  const good = object('NL', 'GOOD', Buffer.from('"\\ud83d\\ude00"'));
  expect((await cpo.call({ ...put, rest: '/NL/CPO/GOOD', body: good })).json().status_code).toBe(1000);
  await thief.call({ ...put, rest: '/FR/THF/BAD', body: object('FR', 'BAD', poison) });
  expect(await idsOf('locations')).toEqual(['GOOD']);
});

it.each(POISONS)('%s in what somebody answers is in nobody’s list', async (_, poison) => {
  const envelope = (each: Buffer): Buffer =>
    Buffer.concat([Buffer.from('{"status_code":1000,"data":['), each, Buffer.from(']}')]);
  cpo.answerWith(() => ({ body: envelope(object('NL', 'GOOD', Buffer.from('"x"'))) }));
  thief.answerWith(() => ({ body: envelope(object('FR', 'BAD', poison)) }));
  expect(await idsOf('sessions')).toEqual(['GOOD']);
});
