/** Leasing legs, many lines in one statement. */
import { type DeliveryLine, type LeasedLeg, type NextLeg } from '@app/hub';
import { parsePartyId, type PartyId } from '@app/ocpi';
import { type DataSource } from 'typeorm';
import { FREE } from './conditions';
import { type PushCache } from './push-cache';

/** When to look at a line again whose oldest leg somebody else has, in ms. */
const LOOK_AGAIN_MS = 1_000;

/** A fresh id that begins with the 8 digits of its worker (see `leasePrefix`). */
export const leaseIdOf = (prefix: string): string =>
  `overlay(gen_random_uuid()::text PLACING ${prefix}::text FROM 1 FOR 8)::uuid`;

/**
 * The oldest waiting leg of each line, leased where it is due and free. A leg that is being sent still counts as
 * waiting and so stays the oldest: nobody overtakes it. `SKIP LOCKED`: whoever holds the row right now either
 * leases it or replaces it, and wakes the line again in the second case.
 *
 * What is for a paused receiver and not parked yet, e.g. since it was under way as the pause began, counts as parked.
 *
 * Who finds the oldest leg with somebody else is to look again: whether that one has seen the newer leg when it ended
 * its own (see `END`) cannot be known here.
 */
const LEASE = `
  WITH head AS (
    SELECT oldest.* FROM unnest($1::uuid[]) AS asked (line)
    CROSS JOIN LATERAL (
      SELECT id, line, next_attempt_at, parked OR EXISTS (
        SELECT FROM delivery_receivers receiver
        WHERE receiver.platform_id = delivery.platform_id AND receiver.paused_at IS NOT NULL) AS parked
      FROM deliveries delivery
      WHERE line = asked.line AND state = 'waiting' ORDER BY sequence LIMIT 1) oldest
  ), leased AS (
    UPDATE deliveries delivery
    SET lease_id = ${leaseIdOf('$3')}, lease_until = now() + $2 * interval '1 ms'
    FROM head CROSS JOIN LATERAL (
      SELECT id FROM deliveries delivery
      WHERE delivery.id = head.id AND delivery.state = 'waiting' AND delivery.next_attempt_at <= now()
        AND delivery.expires_at > now() AND NOT delivery.parked AND ${FREE}
      FOR UPDATE SKIP LOCKED) due
    WHERE delivery.id = due.id AND NOT head.parked
    RETURNING delivery.id, delivery.lease_id, delivery.push_id, delivery.party, delivery.attempts,
      extract(epoch FROM delivery.expires_at - now())::float8 * 1000 AS remaining_ms
  )
  SELECT head.line, leased.*,
    CASE WHEN head.parked THEN NULL
      WHEN head.next_attempt_at > now() THEN extract(epoch FROM head.next_attempt_at - now())::float8 * 1000
      ELSE ${LOOK_AGAIN_MS} END AS due_in_ms
  FROM head LEFT JOIN leased ON leased.id = head.id`;

interface LeaseRow {
  readonly line: string;
  /** Null where the leg is not due, or somebody else has it. */
  readonly id: string | null;
  readonly lease_id: string;
  readonly push_id: string;
  readonly party: string | null;
  readonly attempts: number;
  readonly remaining_ms: number;
  readonly due_in_ms: number | null;
}

export type TakenRow = LeaseRow & { readonly id: string };

/** What the worker of a process leases with. */
export interface Leasing {
  readonly dataSource: DataSource;
  readonly pushes: PushCache;
  /** See `leasePrefix`. */
  readonly prefix: string;
}

/** What each of these lines has to send now. */
export async function leaseLines(
  { dataSource, pushes, prefix }: Leasing,
  lines: readonly DeliveryLine[],
  leaseMs: number,
): Promise<NextLeg[]> {
  const asked = [...new Set(lines.map(({ line }) => line))];
  const leasedUntil = performance.now() + leaseMs;
  const rows = await dataSource.query<LeaseRow[]>(LEASE, [asked, leaseMs, prefix]);
  const taken = rows.filter(isTaken);
  const found = await pushes.get(taken.map(({ push_id }) => push_id));
  const heads = new Map(rows.map((row) => [row.line, row]));
  return lines.map((line): NextLeg => {
    const row = heads.get(line.line);
    heads.delete(line.line); // a line that two asked for at once is for one of them
    const push = row && isTaken(row) ? found.get(row.push_id) : undefined;
    if (row && isTaken(row) && push) return { leg: toLeg(line, row, push, leasedUntil) };
    return { dueInMs: row?.due_in_ms ?? null };
  });
}

function isTaken(row: LeaseRow): row is TakenRow {
  return row.id !== null;
}

/** A leg that this process has from now on, until a time of `performance.now()`. */
export function toLeg(
  { line, platformId }: DeliveryLine,
  row: Omit<TakenRow, 'due_in_ms'>,
  push: LeasedLeg['push'],
  leasedUntil: number,
): LeasedLeg {
  const { id, lease_id: leaseId, attempts, remaining_ms: remainingMs } = row;
  return {
    line,
    platformId,
    id,
    leaseId,
    leasedUntil,
    attempts,
    remainingMs,
    party: partyOf(row.party),
    push,
  };
}

function partyOf(key: string | null): PartyId | null {
  const [countryCode = '', partyId = ''] = key?.split('*') ?? [];
  return parsePartyId(countryCode, partyId) ?? null;
}
