/** Ending leases. What was delivered is settled many legs in one statement; the rest is rarer and goes alone. */
import { type LeasedLeg, type Settlement } from '@app/hub';
import { type DataSource } from 'typeorm';
import { inTransaction } from '../transaction';
import { REPLACEABLE } from './conditions';

/**
 * Guarded by the lease: whoever lost it in the meantime changes nothing. Answers with those behind which more waits.
 *
 * The planner cannot count the members of an array that stands in a subquery, and assumes a few. Knowing that there
 * are hundreds, it would rather read the whole of a table of less than some 100,000 rows than look each up by its key.
 */
const END = `
  WITH given AS (
    SELECT * FROM unnest((SELECT $1::uuid[]), (SELECT $2::uuid[]), (SELECT $3::text[]), (SELECT $4::text[]))
      AS leg (id, lease_id, state, error)
  ), ended AS (
    UPDATE deliveries delivery
    SET state = given.state, last_error = coalesce(given.error, delivery.last_error),
      attempts = delivery.attempts + CASE WHEN given.state = 'discarded' THEN 0 ELSE 1 END,
      finished_at = now(), lease_id = NULL, lease_until = NULL
    FROM given WHERE delivery.id = given.id AND delivery.lease_id = given.lease_id
    RETURNING delivery.id, delivery.line
  )
  SELECT ended.id FROM ended WHERE EXISTS (
    SELECT FROM deliveries later
    WHERE later.line = ended.line AND later.state = 'waiting' AND later.id <> ended.id)`;

/** A newer PUT that came while the older one was being sent makes its next attempt superfluous. */
const AGAIN = `
  UPDATE deliveries delivery
  SET attempts = delivery.attempts + 1, last_error = $3, lease_id = NULL, lease_until = NULL,
    next_attempt_at = least(now() + $4 * interval '1 ms', delivery.expires_at),
    state = CASE WHEN newer.found THEN 'replaced' ELSE 'waiting' END,
    finished_at = CASE WHEN newer.found THEN now() END
  FROM pushes push CROSS JOIN LATERAL (
    SELECT ${REPLACEABLE} AND EXISTS (
      SELECT FROM deliveries later JOIN pushes other ON other.id = later.push_id
      WHERE later.line = $5 AND later.state = 'waiting' AND later.id <> $1 AND other.method = 'PUT'
        AND later.sequence > (SELECT sequence FROM deliveries WHERE id = $1)
        AND (other.object_path = push.object_path OR starts_with(push.object_path, other.object_path || '/'))
    ) AS found) newer
  WHERE delivery.id = $1 AND delivery.lease_id = $2 AND delivery.state = 'waiting' AND push.id = delivery.push_id
  RETURNING delivery.next_attempt_at`;

/** The wait is the receiver's: whatever is behind the leg that failed has it, too. */
const HOLD_BACK = `
  UPDATE deliveries SET next_attempt_at = least($2, expires_at)
  WHERE line = $1 AND state = 'waiting' AND NOT parked AND next_attempt_at < $2`;

const RELEASE = `
  UPDATE deliveries delivery SET lease_id = NULL, lease_until = NULL
  FROM unnest((SELECT $1::uuid[]), (SELECT $2::uuid[])) AS given (id, lease_id)
  WHERE delivery.id = given.id AND delivery.lease_id = given.lease_id AND delivery.state = 'waiting'`;

/** A leg and how it ended for good. */
export interface Ended {
  readonly leg: LeasedLeg;
  readonly settlement: Exclude<Settlement, { state: 'waiting' }>;
}

/** Ends legs for good. @returns for each of them whether more waits in its line */
export async function endLegs(dataSource: DataSource, ended: readonly Ended[]): Promise<boolean[]> {
  const rows = await dataSource.query<{ readonly id: string }[]>(END, [
    ended.map(({ leg }) => leg.id),
    ended.map(({ leg }) => leg.leaseId),
    ended.map(({ settlement }) => settlement.state),
    ended.map(({ settlement }) => reasonOf(settlement)),
  ]);
  const followed = new Set(rows.map(({ id }) => id));
  return ended.map(({ leg }) => followed.has(leg.id));
}

function reasonOf(settlement: Ended['settlement']): string | null {
  if (settlement.state === 'delivered') return settlement.note ?? null;
  return settlement.error;
}

/** Lets a leg wait for its next attempt. */
export async function retryLeg(
  dataSource: DataSource,
  { id, leaseId, line }: LeasedLeg,
  { error, retryInMs }: Extract<Settlement, { state: 'waiting' }>,
): Promise<void> {
  await inTransaction(dataSource, async (manager) => {
    const again = await manager.query<[{ next_attempt_at: Date }[], number]>(AGAIN, [
      ...[id, leaseId, error, retryInMs, line],
    ]);
    const [settled] = again[0];
    if (settled) await manager.query(HOLD_BACK, [line, settled.next_attempt_at]);
  });
}

/** Gives legs back as they are. */
export async function releaseLegs(dataSource: DataSource, legs: readonly LeasedLeg[]): Promise<undefined[]> {
  await dataSource.query(RELEASE, [legs.map(({ id }) => id), legs.map(({ leaseId }) => leaseId)]);
  return legs.map(() => undefined);
}
