import { type PartyId, partyKey } from '@app/ocpi';
import { type PlatformRecord, type PlatformStore } from '../ports';
import { type Directory } from './directory';

/** Look-ups under way at once; the next ones wait for their turn. */
const MAX_LOOKUPS = 8;
/** Look-ups that wait for their turn; whoever comes on top is refused by what the directory knows. */
const MAX_WAITING = 500;
/** A refusal is not held up longer than this, e.g. while the database is down. */
const LOOKUP_TIMEOUT_MS = 1_000;
/** For this long an unknown token or party is not looked up again. */
const REMEMBER_UNKNOWN_MS = 1_000;
/** Unknowns remembered at most; the oldest is forgotten first. */
const MAX_UNKNOWN = 10_000;

/**
 * Before a token or a receiver is refused as unknown, the store is asked once: it may have been registered
 * through another process a moment ago, and the notification is still on its way.
 *
 * This is the refusal's path, not the forwarding path, and it is bounded in number and in time.
 */
export class Newcomers {
  private readonly unknownUntil = new Map<string, number>();
  private readonly waiting: (() => void)[] = [];
  private underWay = 0;

  constructor(
    private readonly directory: Directory,
    private readonly store: Pick<PlatformStore, 'findByTokenHash' | 'findByParty'>,
    private readonly now: () => number,
  ) {}

  /** Brings the holder of a token hash into the directory, when the store knows it. */
  async lookUpToken(hash: string): Promise<void> {
    await this.lookUp(hash, async () => {
      const record = await this.store.findByTokenHash(hash);
      return record ? [record] : [];
    });
  }

  /** Brings the platforms of a pair into the directory, when the store knows them. */
  async lookUpParty(pair: PartyId): Promise<void> {
    await this.lookUp(partyKey(pair), () => this.store.findByParty(pair));
  }

  private async lookUp(key: string, ask: () => Promise<readonly PlatformRecord[]>): Promise<void> {
    if (this.waiting.length >= MAX_WAITING || (this.unknownUntil.get(key) ?? 0) > this.now()) return;
    try {
      const records = await withinLimit(this.inTurn(ask));
      if (records.length === 0) this.remember(key);
      for (const record of records) this.directory.platformChanged(record.id, record);
    } catch {
      this.remember(key); // the store cannot say now; the directory's own answer stands
    }
  }

  private async inTurn<T>(ask: () => Promise<T>): Promise<T> {
    while (this.underWay >= MAX_LOOKUPS) await new Promise<void>((turn) => this.waiting.push(turn));
    this.underWay++;
    try {
      return await ask();
    } finally {
      this.underWay--;
      this.waiting.shift()?.();
    }
  }

  private remember(key: string): void {
    const oldest = this.unknownUntil.keys().next();
    if (this.unknownUntil.size >= MAX_UNKNOWN && !oldest.done) this.unknownUntil.delete(oldest.value);
    this.unknownUntil.set(key, this.now() + REMEMBER_UNKNOWN_MS);
  }
}

async function withinLimit<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('look-up took too long')), LOOKUP_TIMEOUT_MS);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}
