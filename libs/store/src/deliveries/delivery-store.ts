/** ADAPTER of the port `DeliveryStore`. */
import {
  type DeliveryLine,
  type DeliveryStore,
  type LeasedLeg,
  type NextLeg,
  type Page,
  type PageRequest,
  type Settlement,
} from '@app/hub';
import { type DataSource } from 'typeorm';
import { Gatherer } from './gatherer';
import { leaseLines, type Leasing } from './lease';
import { PushCache } from './push-cache';
import { type Ended, endLegs, releaseLegs, retryLeg } from './settle';
import { TakenBundles } from './taken-bundles';
import { leasePrefix } from './worker-registry';
import { expireLegs, overdueLines, parkLegs, parkPaused, purgeLegs, unparkLegs } from './upkeep';

/** Two statements of each kind at a time, so that one travels while the other works; six of the pool's ten at most. */
const GATHERED = { batch: 500, lanes: 2 } as const;
/**
 * What was sent is noted together, a moment later: nobody waits for it but the next leg of the same line, and each
 * statement is a commit.
 */
const ENDS = { batch: 1_000, lanes: 1, gatherMs: 20 } as const;
/** Counted no further: whoever has a million legs waiting needs no exact figure. */
const COUNT_LIMIT = 1_000_000;

interface LeaseQuestion {
  readonly line: DeliveryLine;
  readonly leaseMs: number;
}

export class PostgresDeliveryStore implements DeliveryStore {
  private readonly leasing: Leasing;
  private readonly bundles: TakenBundles;
  private readonly leases: Gatherer<LeaseQuestion, NextLeg>;
  private readonly ends: Gatherer<Ended, boolean>;
  private readonly releases: Gatherer<LeasedLeg, undefined>;

  /**
   * @param worker the id in the registry of workers (see `PostgresWorkerRegistry`)
   * @param crowdedBytes what is kept for a sender from which on its finished deliveries go before their time
   */
  constructor(
    private readonly dataSource: DataSource,
    worker: number,
    private readonly crowdedBytes = Infinity,
  ) {
    this.leasing = { dataSource, pushes: new PushCache(dataSource), prefix: leasePrefix(worker) };
    this.bundles = new TakenBundles(this.leasing);
    this.leases = new Gatherer((questions) => this.leaseAll(questions), GATHERED);
    this.ends = new Gatherer((ended) => endLegs(dataSource, ended), ENDS);
    this.releases = new Gatherer((legs) => releaseLegs(dataSource, legs), GATHERED);
  }

  lease(line: DeliveryLine, leaseMs: number): Promise<NextLeg> {
    return this.leases.ask({ line, leaseMs });
  }

  take(bundle: string, leaseMs: number): Promise<readonly LeasedLeg[]> {
    return this.bundles.take(bundle, leaseMs);
  }

  takeForgotten(overdueMs: number, limit: number, leaseMs: number): Promise<readonly LeasedLeg[]> {
    return this.bundles.takeForgotten(overdueMs, limit, leaseMs);
  }

  async release(leg: LeasedLeg): Promise<void> {
    const spreading = this.bundles.spread(leg);
    if (spreading) await spreading;
    await this.releases.ask(leg);
  }

  async settle(leg: LeasedLeg, settlement: Settlement): Promise<boolean> {
    const spreading = this.bundles.spread(leg);
    if (spreading) await spreading;
    if (settlement.state !== 'waiting') return this.ends.ask({ leg, settlement });
    await retryLeg(this.dataSource, leg, settlement);
    return true;
  }

  park(platformId: string): Promise<void> {
    return parkLegs(this.dataSource, platformId);
  }

  parkPaused(limit: number): Promise<number> {
    return parkPaused(this.dataSource, limit);
  }

  unpark(limit: number): Promise<readonly DeliveryLine[]> {
    return unparkLegs(this.dataSource, limit);
  }

  overdue(overdueMs: number, page: PageRequest): Promise<Page<DeliveryLine>> {
    return overdueLines(this.dataSource, overdueMs, page);
  }

  expire(limit: number): Promise<number> {
    return expireLegs(this.dataSource, limit);
  }

  purge(limit: number): Promise<number> {
    return purgeLegs(this.dataSource, limit, this.crowdedBytes);
  }

  async countWaiting(): Promise<number> {
    const [row] = await this.dataSource.query<{ readonly legs: number }[]>(
      `SELECT (SELECT count(*)::int FROM (SELECT FROM deliveries WHERE state = 'waiting' LIMIT ${COUNT_LIMIT}) waiting)
        + (SELECT coalesce(sum(leg_count), 0)::int FROM delivery_bundles) AS legs`,
    );
    return row?.legs ?? 0;
  }

  private leaseAll(questions: readonly LeaseQuestion[]): Promise<NextLeg[]> {
    const leaseMs = Math.max(...questions.map((question) => question.leaseMs));
    const lines = questions.map(({ line }) => line);
    return leaseLines(this.leasing, lines, leaseMs);
  }
}
