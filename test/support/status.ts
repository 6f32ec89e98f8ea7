/** What a platform was told, and is shown, about the others. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type ReceivedRequest, type TestPlatform } from '@app/testkit';

export interface Info {
  readonly party_id: string;
  readonly country_code: string;
  readonly role: string;
  readonly status: string;
  readonly last_updated: string;
}

/** The ClientInfo pushes that arrived, in their order. */
export function pushesTo(platform: TestPlatform): ReceivedRequest[] {
  return platform.received.filter(({ module }) => module === 'hubclientinfo');
}

/** The ClientInfo objects that were pushed, in their order. */
export function infosAt(platform: TestPlatform): Info[] {
  return pushesTo(platform).map(({ body }) => JSON.parse(body.toString()) as Info);
}

/** The ClientInfo objects that a platform gets when it asks. */
export async function listOf(platform: TestPlatform, query = ''): Promise<Info[]> {
  const call = { module: 'hubclientinfo', interfaceRole: 'SENDER', method: 'GET', query } as const;
  return (await platform.call(call)).json<{ data: Info[] }>().data;
}

/** Tries until it does not throw, at most so long in ms. @throws the last error */
export async function eventually(check: () => unknown, limitMs = 5_000): Promise<void> {
  const until = Date.now() + limitMs;
  for (;;) {
    try {
      await check();
      return;
    } catch (error) {
      if (Date.now() > until) throw error;
      await sleep(25);
    }
  }
}
