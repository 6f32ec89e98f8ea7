import { type InterfaceRole, type Method, partyKey } from '@app/ocpi';
import { fixtureFor } from '../../libs/testkit/src/fixtures';
import { type CallAnswer } from '../../libs/testkit/src/ocpi-call';
import { type TestPlatform } from '../../libs/testkit/src/test-platform';
import { type Journal } from './journal';
import { CPO, EMSP } from './parties';

/** The two platforms of the demo and where its lines go. */
export interface Stage {
  readonly cpo: TestPlatform;
  readonly emsp: TestPlatform;
  readonly journal: Journal;
}

interface Step {
  readonly by: 'cpo' | 'emsp';
  readonly module: string;
  readonly interfaceRole: InterfaceRole;
  readonly method: Method;
  readonly meaning: string;
}

const BEFORE: readonly Step[] = [
  step('cpo', 'tariffs', 'RECEIVER', 'PUT', 'the price is published'),
  step('cpo', 'locations', 'RECEIVER', 'PUT', 'the charge point is on the map'),
  step('cpo', 'tokens', 'SENDER', 'POST', 'may this driver charge? ALLOWED'),
];
const AFTER: readonly Step[] = [
  step('cpo', 'sessions', 'RECEIVER', 'PUT', 'the session has begun'),
  step('cpo', 'sessions', 'RECEIVER', 'PATCH', '7.5 kWh so far'),
  step('cpo', 'cdrs', 'RECEIVER', 'POST', 'the bill'),
];

/** One charging session: price and place known, driver authorised, started from the app, charged, billed. */
export async function chargeOnce(stage: Stage): Promise<void> {
  stage.emsp.answerWith(({ module, method }) =>
    module === 'tokens' && method === 'POST' ? { body: { allowed: 'ALLOWED' } } : undefined,
  );
  stage.cpo.answerWith(({ module }) =>
    module === 'commands' ? { body: { result: 'ACCEPTED', timeout: 30 } } : undefined,
  );
  for (const each of BEFORE) await take(stage, each);
  await startFromTheApp(stage);
  for (const each of AFTER) await take(stage, each);
}

/** START_SESSION, and later its result from the charge point by the `response_url` that the CPO was given. */
async function startFromTheApp(stage: Stage): Promise<void> {
  const { cpo, emsp, journal } = stage;
  const responseUrl = `${emsp.endpoint('commands', 'SENDER')}/START_SESSION/1`;
  await take(stage, step('emsp', 'commands', 'RECEIVER', 'POST', 'START_SESSION: ACCEPTED'), responseUrl);
  const command = await cpo.waitFor(({ module }) => module === 'commands');
  const { response_url } = JSON.parse(command.body.toString()) as { response_url: string };
  const line = {
    ...names('cpo'),
    module: 'commands',
    method: 'POST',
    meaning: 'the charge point says: ACCEPTED',
  };
  await journal.message(line, () => cpo.follow(response_url, 'POST', { body: { result: 'ACCEPTED' } }));
  await emsp.waitFor(({ module, method }) => module === 'commands' && method === 'POST');
}

function take(
  { cpo, emsp, journal }: Stage,
  { by, meaning, ...key }: Step,
  responseUrl?: string,
): Promise<CallAnswer> {
  const caller = by === 'cpo' ? cpo : emsp;
  const { rest, query, body } = fixtureFor(key, { cpo: CPO, emsp: EMSP, responseUrl });
  const { from, to } = names(by);
  return journal.message({ from, to, module: key.module, method: key.method, meaning }, () =>
    caller.call({ ...key, rest, query, body, from, to }),
  );
}

function names(by: Step['by']): { from: string; to: string } {
  const [from, to] = by === 'cpo' ? [CPO, EMSP] : [EMSP, CPO];
  return { from: partyKey(from), to: partyKey(to) };
}

function step(
  by: Step['by'],
  module: string,
  interfaceRole: InterfaceRole,
  ...[method, meaning]: [Method, string]
): Step {
  return { by, module, interfaceRole, method, meaning };
}
