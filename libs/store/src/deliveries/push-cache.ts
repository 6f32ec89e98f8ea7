import { type OutgoingPush, ownBytes } from '@app/hub';
import { parsePartyId, pushedObject, type Version } from '@app/ocpi';
import { type DataSource, In } from 'typeorm';
import { PushEntity } from '../entities';

/** Pushes kept for their next leg: with bodies of the usual 2 kB, those of 8,000 broadcasts under way. In bytes. */
const MAX_BYTES = 32 * 1024 * 1024;
/** What a push takes besides its body and texts, in bytes: some twenty objects, and its place here. */
const OVERHEAD_BYTES = 2_048;
/** A push of which no leg was leased for this long, in ms, was delivered, or waits for a receiver. */
const IDLE_MS = 10_000;

interface Kept {
  readonly push: OutgoingPush;
  readonly bytes: number;
  /** In ms of `performance.now()`. */
  usedAt: number;
}

/**
 * The pushes that are being delivered: a body is read once by a process, not once for each receiver. What is delivered is
 * let go a moment later.
 */
export class PushCache {
  /** The one not used for longest comes first. */
  private readonly kept = new Map<string, Kept>();
  private bytes = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly limits = { maxBytes: MAX_BYTES, idleMs: IDLE_MS },
  ) {}

  /** These pushes by their ids. */
  async get(ids: readonly string[]): Promise<ReadonlyMap<string, OutgoingPush>> {
    const found = new Map<string, OutgoingPush>();
    const missing: string[] = [];
    for (const id of new Set(ids)) {
      const push = this.use(id);
      if (push) found.set(id, push);
      else missing.push(id);
    }
    for (const push of missing.length === 0 ? [] : await this.read(missing)) {
      found.set(push.id, push);
      this.keep(push);
    }
    return found;
  }

  private async read(ids: readonly string[]): Promise<OutgoingPush[]> {
    const rows = await this.dataSource.manager.findBy(PushEntity, { id: In([...ids]) });
    return rows.map(toPush);
  }

  private use(id: string): OutgoingPush | undefined {
    const kept = this.kept.get(id);
    if (!kept) return undefined;
    kept.usedAt = performance.now();
    this.kept.delete(id);
    this.kept.set(id, kept);
    return kept.push;
  }

  private keep(push: OutgoingPush): void {
    if (this.use(push.id)) return;
    const kept = { push, bytes: sizeOf(push), usedAt: performance.now() };
    this.kept.set(push.id, kept);
    this.bytes += kept.bytes;
    this.letGo((oldest) => this.bytes > this.limits.maxBytes && oldest !== kept);
    this.timer ??= setInterval(() => this.letGoIdle(), this.limits.idleMs / 2).unref();
  }

  private letGoIdle(): void {
    const idleSince = performance.now() - this.limits.idleMs;
    this.letGo(({ usedAt }) => usedAt <= idleSince);
    if (this.kept.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }

  /** Lets go from the one on that was not used for longest, as long as `isOver` says so. */
  private letGo(isOver: (oldest: Kept) => boolean): void {
    for (const [id, oldest] of this.kept) {
      if (!isOver(oldest)) return;
      this.kept.delete(id);
      this.bytes -= oldest.bytes;
    }
  }
}

function sizeOf(push: OutgoingPush): number {
  const { rest, query, headers, object, correlationId, requestId } = push;
  const texts = [rest, query, object.key, object.path, correlationId, requestId, ...headers];
  return texts.reduce((sum, text) => sum + text.length, (push.body?.length ?? 0) + OVERHEAD_BYTES);
}

function toPush(row: PushEntity): OutgoingPush {
  const { module, rest, query, fromPlatformId, fromParty } = row;
  const [countryCode = '', partyId = ''] = fromParty?.split('*') ?? [];
  const party = parsePartyId(countryCode, partyId);
  return {
    ...{ id: row.id, routing: row.routing, module, method: row.method, rest, query },
    ...{ headers: row.headers, body: row.body && ownBytes(row.body), requestId: row.requestId },
    correlationId: row.longCorrelationId ?? row.correlationId,
    object: { key: pushedObject(module, rest, query).key, path: row.objectPath },
    version: row.version as Version,
    from: fromPlatformId !== null && party ? { platformId: fromPlatformId, party } : null,
    maxAgeSeconds: 0,
  };
}
