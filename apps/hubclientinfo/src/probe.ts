import { type Courier, type Directory, isAliveAnswer } from '@app/hub';
import { idHeaders } from '@app/ocpi';
import { randomUUID } from 'node:crypto';

/** Whether a platform is alive. It never throws. */
export type Probe = (platformId: string) => Promise<boolean>;

/** A versions page is small and static: who does not have it in this time is not in order. In ms. */
const MAX_ANSWER_MS = 10_000;

/**
 * The still-alive check: a GET of the platform's versions URL.
 *
 * Spec: 2.2.1-d2 mod_hub_client_info, Still alive check.
 */
export function probeThrough(courier: Courier, directory: Directory, forwardTimeoutMs: number): Probe {
  const timeoutMs = Math.min(MAX_ANSWER_MS, forwardTimeoutMs);
  return async (platformId) => {
    const platform = directory.platform(platformId);
    const url = platform?.record.versionsUrl;
    if (!platform?.authorization || !url) return false;
    const ids = idHeaders({ requestId: randomUUID(), correlationId: randomUUID() });
    const headers = ['Authorization', platform.authorization, ...ids];
    try {
      const answer = await courier.send({ platformId, method: 'GET', url, headers, body: null, timeoutMs });
      return isAliveAnswer(answer);
    } catch {
      return false; // the metrics count it, and a status that follows from it is logged
    }
  };
}
