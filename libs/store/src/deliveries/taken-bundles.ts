/** Bundles in the hands of a worker: it sends their legs while it writes the rows of them. */
import { type LeasedLeg } from '@app/hub';
import { type BundledLeg, oldestBundles, spreadBundle } from './bundles';
import { UNTAKEN } from './conditions';
import { leaseIdOf, type Leasing, toLeg } from './lease';
import { releaseLegs } from './settle';

/** For how long the legs of a bundle may wait for their turn, in ms: what comes later is leased leg by leg. */
const TURN_MS = 10_000;

const TAKEABLE = `expires_at > now() AND ${UNTAKEN}`;

/**
 * One worker gets a bundle, whoever asks for it with him; if he dies, another gets it when his lease is over. Which of
 * its receivers are paused is seen now, since it may have been accepted just before.
 */
const takeWhere = (condition: string): string => `
  UPDATE delivery_bundles SET lease_id = ${leaseIdOf('$2')}, lease_until = now() + $1 * interval '1 ms'
  WHERE ${TAKEABLE} AND ${condition}
  RETURNING id, push_id, legs, lease_id, extract(epoch FROM expires_at - now())::float8 * 1000 AS remaining_ms,
    ARRAY(SELECT platform_id FROM delivery_receivers WHERE paused_at IS NOT NULL) AS paused`;

const TAKE = takeWhere('id = $3');

const OVERDUE = `(lease_until IS NOT NULL OR created_at < now() - $3 * interval '1 ms')`;

const TAKE_FORGOTTEN = takeWhere(`id = ANY(${oldestBundles(`${TAKEABLE} AND ${OVERDUE}`, '$4')})`);

interface TakenRow {
  readonly id: string;
  readonly push_id: string;
  readonly legs: readonly BundledLeg[];
  readonly lease_id: string;
  readonly remaining_ms: number;
  /** Of all platforms. */
  readonly paused: readonly string[];
}

/** A bundle whose legs are no rows yet, as far as this process knows. */
interface Unspread {
  readonly id: string;
  readonly leasedUntil: number;
  spreading?: Promise<void>;
}

export class TakenBundles {
  /** By the id of the lease. */
  private readonly unspread = new Map<string, Unspread>();

  constructor(private readonly leasing: Leasing) {}

  /** @see DeliveryStore.take */
  take(id: string, leaseMs: number): Promise<LeasedLeg[]> {
    return this.takeOver(TAKE, [leaseMs + TURN_MS, this.leasing.prefix, id]);
  }

  /** @see DeliveryStore.takeForgotten */
  takeForgotten(overdueMs: number, limit: number, leaseMs: number): Promise<LeasedLeg[]> {
    return this.takeOver(TAKE_FORGOTTEN, [leaseMs + TURN_MS, this.leasing.prefix, overdueMs, limit]);
  }

  /**
   * Makes sure that a leg is a row, whose lease can be ended. What failed before is tried again.
   *
   * @throws when the database cannot do it now
   */
  spread({ leaseId }: Pick<LeasedLeg, 'leaseId'>): Promise<void> | undefined {
    const bundle = this.unspread.get(leaseId);
    return bundle && this.spreadNow(leaseId, bundle);
  }

  private async spreadNow(leaseId: string, bundle: Unspread): Promise<void> {
    const spreading = (bundle.spreading ??= spreadBundle(this.leasing.dataSource.manager, bundle.id));
    try {
      await spreading;
      this.unspread.delete(leaseId);
    } catch (error) {
      if (bundle.spreading === spreading) bundle.spreading = undefined;
      throw error;
    }
  }

  private async takeOver(text: string, values: [number, ...unknown[]]): Promise<LeasedLeg[]> {
    const leasedUntil = performance.now() + values[0];
    const [rows] = await this.leasing.dataSource.query<[TakenRow[], number]>(text, values);
    this.forgetLost();
    for (const { id, lease_id: leaseId } of rows) {
      this.unspread.set(leaseId, { id, leasedUntil });
      // Who ends the lease of a leg hears of a failure, and tries again.
      this.spread({ leaseId })?.catch(() => undefined);
    }
    const found = await this.leasing.pushes.get(rows.map(({ push_id }) => push_id));
    const legs = rows.flatMap((row) => {
      const push = found.get(row.push_id);
      return push ? row.legs.map((leg) => bundledLeg(leg, row, push, leasedUntil)) : [];
    });
    const paused = new Set(rows[0]?.paused);
    if (paused.size === 0) return legs;
    // What cannot be given back now is free when its lease is over.
    this.giveBack(legs.filter(({ platformId }) => paused.has(platformId))).catch(() => undefined);
    return legs.filter(({ platformId }) => !paused.has(platformId));
  }

  /** Without having been sent, so that they can be parked. */
  private async giveBack(legs: readonly LeasedLeg[]): Promise<void> {
    await Promise.all(legs.map((leg) => this.spread(leg)));
    await releaseLegs(this.leasing.dataSource, legs);
  }

  /** Bundles that could not be spread, and whose lease is over: they are somebody else's. */
  private forgetLost(): void {
    for (const [leaseId, { leasedUntil }] of this.unspread)
      if (leasedUntil < performance.now()) this.unspread.delete(leaseId);
  }
}

function bundledLeg(
  { id, platform_id: platformId, party, line }: BundledLeg,
  { lease_id, push_id, remaining_ms }: TakenRow,
  push: LeasedLeg['push'],
  leasedUntil: number,
): LeasedLeg {
  const row = { line, id, lease_id, push_id, party, attempts: 0, remaining_ms };
  return toLeg({ line, platformId }, row, push, leasedUntil);
}
