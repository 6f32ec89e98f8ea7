/** What came of one platform's messages in a span of time, counted where they are. */
import { type Traffic } from '@app/hub';
import { type DataSource } from 'typeorm';
import { FAILED } from './message-failed';

/** Modules of their own are few; names that a platform makes up must not make the answer long. */
const MAX_ROWS = 200;

const FACTS = `module, interface_role, duration_ms,
  ${FAILED} AS failed
  FROM messages`;

export const TRAFFIC = `
  SELECT direction, module, interface_role AS "interfaceRole",
    count(*)::int AS messages, count(*) FILTER (WHERE failed)::int AS errors,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY duration_ms) AS "p50Ms",
    percentile_cont(0.95) WITHIN GROUP (ORDER BY duration_ms) AS "p95Ms"
  FROM (
    SELECT 'sent' AS direction, ${FACTS} WHERE from_platform_id = $1 AND at >= $2 AND at < $3
    UNION ALL
    SELECT 'received' AS direction, ${FACTS} WHERE to_platform_id = $1 AND at >= $2 AND at < $3
  ) AS message
  GROUP BY direction, module, interface_role
  ORDER BY messages DESC, direction, module, interface_role LIMIT ${MAX_ROWS}`;

/** A platform's messages from `since` on and before `until`. */
export function trafficOf(
  dataSource: DataSource,
  platformId: string,
  since: Date,
  until: Date,
): Promise<Traffic[]> {
  return dataSource.query<Traffic[]>(TRAFFIC, [platformId, since, until]);
}
