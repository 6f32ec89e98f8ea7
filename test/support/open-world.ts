/** A hub with two CPOs and two eMSPs, and requests to it that name no receiver. */
import { type CallAnswer, type PlatformCall, type ReceivedRequest } from '@app/testkit';
import { type JoinedPlatform, party, startHub, type TestHub } from './hub';

/** Stands in query and body for a URL of the platform that sends the request. */
export const RESPONSE_URL = 'RESPONSE_URL';
/** How long the hub of these tests waits for an authorization, in ms. */
export const AUTHORIZE_MS = 1_200;
/** Facts gather for 200 ms before they are written. */
const WRITTEN_WITHIN_MS = 5_000;

export interface OpenWorld {
  readonly hub: TestHub;
  readonly cpo: JoinedPlatform;
  readonly cpo2: JoinedPlatform;
  readonly emsp: JoinedPlatform;
  readonly emsp2: JoinedPlatform;
}

/** Platform → its party as a path: `NL/CPO`. */
const owners = new Map<JoinedPlatform, string>();

/** Starts the hub; the functions of this file are about its platforms. */
export async function startOpenWorld(): Promise<OpenWorld> {
  const hub = await startHub({ AUTHORIZE_TIMEOUT_MS: String(AUTHORIZE_MS) });
  const cpo = await hub.join('cpo', [party('NL*CPO', 'CPO')], { trailingSlash: true });
  const cpo2 = await hub.join('cpo2', [party('NL*CP2', 'CPO')]);
  const emsp = await hub.join('emsp', [party('DE*MSP', 'EMSP')]);
  const emsp2 = await hub.join('emsp2', [party('DE*MS2', 'EMSP')]);
  owners.set(cpo, 'NL/CPO').set(cpo2, 'NL/CP2').set(emsp, 'DE/MSP').set(emsp2, 'DE/MS2');
  return { hub, cpo, cpo2, emsp, emsp2 };
}

/** Every platform forgets what it received. */
export function clearAll(): void {
  for (const platform of owners.keys()) platform.clear();
}

/** A request that names no sender: each platform has one party. */
export type Call = Omit<PlatformCall, 'from'>;

export function sent(platform: JoinedPlatform, call: Call): Promise<CallAnswer> {
  const url = `${platform.origin}/result`;
  const text = typeof call.body === 'object' ? JSON.stringify(call.body) : (call.body as string | undefined);
  return platform.call({
    ...call,
    query: call.query?.replace(RESPONSE_URL, encodeURIComponent(url)),
    body: text?.replace(RESPONSE_URL, url),
  });
}

/** A success; what it taught the hub is then written, for the other routers and for later. */
export async function taught(platform: JoinedPlatform, call: Call): Promise<void> {
  const answer = await sent(platform, call);
  expect(answer.json().status_code).toBe(1000);
  clearAll();
}

const owner = (platform: JoinedPlatform): string => owners.get(platform)!;

export const pushedLocation = (of: JoinedPlatform, id: string, to = 'DE*MSP') =>
  taught(of, {
    ...{ module: 'locations', interfaceRole: 'RECEIVER', method: 'PUT', rest: `/${owner(of)}/${id}`, to },
    body: { id },
  });
export const pushedSession = (of: JoinedPlatform, id: string, to = 'DE*MSP') =>
  taught(of, {
    ...{ module: 'sessions', interfaceRole: 'RECEIVER', method: 'PUT', rest: `/${owner(of)}/${id}`, to },
    body: { id },
  });
export const pushedToken = (of: JoinedPlatform, uid: string, to = 'NL*CPO', query = '') =>
  taught(of, {
    ...{
      module: 'tokens',
      interfaceRole: 'RECEIVER',
      method: 'PUT',
      rest: `/${owner(of)}/${uid}`,
      query,
      to,
    },
    body: { uid },
  });

export const command = (name: string, body: object): Call => ({
  ...{ module: 'commands', interfaceRole: 'RECEIVER', method: 'POST', rest: `/${name}` },
  body: { response_url: RESPONSE_URL, ...body },
});
export const authorize = (uid: string, query = ''): Call => ({
  ...{ module: 'tokens', interfaceRole: 'SENDER', method: 'POST', rest: `/${uid}/authorize`, query },
});

/** The one request that arrived, with routing headers that name who it was found to be for. */
export function found(at: JoinedPlatform, answer: CallAnswer): ReceivedRequest {
  expect(answer.json().status_code).toBe(1000);
  expect(at.received).toHaveLength(1);
  const [countryCode, partyId] = owner(at).split('/');
  expect(at.received[0]!.headers).toMatchObject({
    'ocpi-to-country-code': countryCode,
    'ocpi-to-party-id': partyId,
  });
  expect(answer.headers).toMatchObject({
    'ocpi-from-country-code': countryCode,
    'ocpi-from-party-id': partyId,
  });
  for (const other of [...owners.keys()].filter((each) => each !== at)) {
    expect(other.received).toHaveLength(0);
  }
  return at.received[0]!;
}

export function refused(answer: CallAnswer, message: RegExp, code = 4001): void {
  expect(answer.json()).toMatchObject({ status_code: code, status_message: expect.stringMatching(message) });
  for (const each of owners.keys()) expect(each.received).toHaveLength(0);
}

/** Asks until there is something, which is soon. */
export async function eventually<T>(look: () => Promise<T | undefined | false>): Promise<T> {
  const end = Date.now() + WRITTEN_WITHIN_MS;
  for (;;) {
    const seen = await look();
    if (seen) return seen;
    if (Date.now() > end) throw new Error(`not so within ${WRITTEN_WITHIN_MS} ms`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
