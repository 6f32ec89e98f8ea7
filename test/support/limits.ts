/** A hub with limits that a test can meet, and requests that meet them. */
import { type CallAnswer, type PlatformCall } from '@app/testkit';
import { type JoinedPlatform, party, startHub, type TestHub } from './hub';
import { RawConnection } from './raw-http';

export const CLIENT_TIMEOUT_MS = 600;
/** A timeout is noticed twice a second, and the machine may be busy. */
export const NOTICED_WITHIN_MS = 5_000;

export const GET: PlatformCall = { module: 'tokens', interfaceRole: 'SENDER', method: 'GET', to: 'DE*MSP' };
export const PUT: PlatformCall = {
  ...{ module: 'sessions', interfaceRole: 'RECEIVER', method: 'PUT', rest: '/NL/CPO/S1', to: 'DE*MSP' },
  body: '{"id":"S1"}',
};

export class LimitedWorld {
  private readonly connections: RawConnection[] = [];

  private constructor(
    readonly hub: TestHub,
    readonly cpo: JoinedPlatform,
    readonly other: JoinedPlatform,
    readonly emsp: JoinedPlatform,
  ) {}

  static async start(env: Record<string, string>): Promise<LimitedWorld> {
    const hub = await startHub({ CLIENT_TIMEOUT_MS: String(CLIENT_TIMEOUT_MS), ...env });
    const cpo = await hub.join('cpo', [party('NL*CPO', 'CPO')]);
    const other = await hub.join('other', [party('FR*CPO', 'CPO')]);
    return new LimitedWorld(hub, cpo, other, await hub.join('emsp', [party('DE*MSP', 'EMSP')]));
  }

  /** A connection of its own, closed with the world. */
  connection(): RawConnection {
    const made = new RawConnection(this.hub.versionsUrl);
    this.connections.push(made);
    return made;
  }

  async metric(name: string): Promise<number> {
    const page = await fetch(this.hub.versionsUrl.replace('/ocpi/versions', '/metrics'));
    const line = (await page.text()).split('\n').find((each) => each.startsWith(name));
    return Number(line?.split(' ').at(-1) ?? 0);
  }

  async close(): Promise<void> {
    for (const connection of this.connections) connection.close();
    await this.hub.close();
  }
}

/** The OCPI status of HTTP 200, else the HTTP status. */
export function statusOf(answer: CallAnswer): number {
  return answer.httpStatus === 200 ? answer.json().status_code : answer.httpStatus;
}

export function counted(statuses: readonly number[], status: number): number {
  return statuses.filter((each) => each === status).length;
}

/** In form: the envelope, the caller's ids, and when to come again. */
export function expectRefusal(
  answer: CallAnswer,
  httpStatus: number,
  ocpiStatus: number,
  words: RegExp,
): void {
  expect([answer.httpStatus, answer.json().status_code]).toEqual([httpStatus, ocpiStatus]);
  expect(answer.json().status_message).toMatch(words);
  expect(answer.headers['x-request-id']).toBe(answer.requestId);
  expect(answer.headers['x-correlation-id']).toBe(answer.correlationId);
  if (httpStatus === 429 || httpStatus === 503) expect(answer.headers['retry-after']).toMatch(/^[1-9]\d*$/);
}

/** The head of a request, as it goes on the wire. */
export function head(method: string, path: string, ...lines: string[]): string {
  return [`${method} ${path} HTTP/1.1`, 'Host: hub', ...lines, '', ''].join('\r\n');
}

export function authorized({ hub: { token } }: JoinedPlatform): string {
  return `Authorization: Token ${Buffer.from(token!).toString('base64')}`;
}
