import {
  applyToBody,
  lastUpdatedOf,
  type ObjectChange,
  type ObjectFilter,
  type ObjectKey,
  type ObjectOwner,
  type ObjectPage,
  type ObjectPageRequest,
  type ObjectSearch,
  type ObjectStore,
  type PulledPage,
  type SweepBefore,
} from '@app/hub';
import { comparableId, moduleRow, parsePartyId, type PartyId } from '@app/ocpi';

interface Kept {
  readonly key: ObjectKey;
  readonly platformId: string;
  readonly seq: number;
  readonly lastUpdated: Date;
  readonly seenAt: Date;
  readonly pushedAt: Date | null;
  readonly deletedAt: Date | null;
  readonly body: Buffer;
}

/** The port `ObjectStore` in memory. */
export class ObjectStoreTwin implements ObjectStore {
  private readonly kept = new Map<string, Kept>();
  private seq = 0;
  private last: Promise<void> = Promise.resolve();

  /** One change after the other, as the lock of a row has it. */
  apply(change: ObjectChange): Promise<void> {
    const applied = this.last.then(() => this.applyNow(change));
    this.last = applied.catch(() => undefined);
    return applied;
  }

  private async applyNow({ key, platformId, method, part, body, receivedAt }: ObjectChange): Promise<void> {
    const before = this.kept.get(nameOf({ key, platformId }));
    const seq = before && !before.deletedAt ? before.seq : ++this.seq;
    const common = { key, platformId, seq, seenAt: receivedAt, pushedAt: receivedAt };
    if (body === null) {
      this.put({ ...common, lastUpdated: receivedAt, deletedAt: receivedAt, body: Buffer.alloc(0) });
      return;
    }
    const stored = before?.deletedAt === null ? before.body : undefined;
    const after = await applyToBody(moduleRow(key.module)!.object!, stored, { method, part, body });
    if (!after) return;
    const lastUpdated = lastUpdatedOf(after) ?? receivedAt;
    this.put({ ...common, lastUpdated, deletedAt: null, body: Buffer.from(after) });
  }

  async page(request: ObjectPageRequest): Promise<ObjectPage> {
    const { after, offset, limit, maxBytes } = request;
    const found = this.matching(request).filter(({ seq }) => seq > after);
    const rest = found.slice(offset);
    let bytes = 0;
    const page = rest
      .slice(0, limit)
      .filter(({ body }, index) => (bytes += body.length) <= maxBytes || index === 0);
    const last = page.at(-1);
    return {
      bodies: page.map(({ body }) => body),
      next: last && rest.length > page.length ? last.seq : null,
    };
  }

  async count(filter: ObjectFilter): Promise<number> {
    return this.matching(filter).length;
  }

  async find({ module, id, type, owners }: ObjectSearch): Promise<readonly Buffer[]> {
    return this.matching({ module, owners })
      .filter(({ key }) => key.id === id && key.type === type)
      .map(({ body }) => body);
  }

  async ownersOf(module: string, objectId: string, type: string): Promise<readonly PartyId[]> {
    const id = comparableId(objectId);
    const owners = [...this.kept.values()]
      .filter(({ key, deletedAt }) => key.module === module && key.id === id && !deletedAt)
      .filter(({ key }) => key.type === type)
      .map(({ key }) => key.owner);
    return [...new Set(owners)].map((owner) => parsePartyId(owner.slice(0, 2), owner.slice(3))!);
  }

  async putPulled({ platformId, startedAt, objects }: PulledPage): Promise<void> {
    for (const { key, lastUpdated, body } of objects) {
      const before = this.kept.get(nameOf({ key, platformId }));
      if (before?.deletedAt && before.deletedAt >= startedAt) continue;
      const isKnown = before !== undefined && !before.deletedAt;
      const isNewer = !isKnown || before.lastUpdated <= lastUpdated;
      const seenAt = before && before.seenAt > startedAt ? before.seenAt : startedAt;
      const state = isNewer ? { lastUpdated, body } : { lastUpdated: before.lastUpdated, body: before.body };
      this.put({
        key,
        platformId,
        ...state,
        seenAt,
        pushedAt: before?.pushedAt ?? null,
        deletedAt: null,
        seq: isKnown ? before.seq : ++this.seq,
      });
    }
  }

  async sweep(module: string, owner: ObjectOwner, { seen, pushed }: SweepBefore): Promise<number> {
    const old = [...this.kept.values()]
      .filter((kept) => kept.key.module === module && isOf(kept, owner))
      .filter(({ seenAt, pushedAt }) => seenAt < seen && (!pushedAt || pushedAt < pushed));
    for (const each of old) this.kept.delete(nameOf(each));
    return old.filter(({ deletedAt }) => !deletedAt).length;
  }

  private put(kept: Kept): void {
    this.kept.set(nameOf(kept), kept);
  }

  private matching({ module, owners, dateFrom, dateTo }: ObjectFilter): Kept[] {
    return [...this.kept.values()]
      .filter(({ key, deletedAt }) => key.module === module && !deletedAt)
      .filter((kept) => owners.some((owner) => isOf(kept, owner)))
      .filter(({ lastUpdated: at }) => (!dateFrom || at >= dateFrom) && (!dateTo || at < dateTo))
      .sort((a, b) => a.seq - b.seq);
  }
}

function isOf({ key, platformId }: Kept, whose: ObjectOwner): boolean {
  return key.owner === whose.owner && platformId === whose.platformId;
}

function nameOf({ key, platformId }: Pick<Kept, 'key' | 'platformId'>): string {
  const { module, owner, id, type } = key;
  return [module, owner, id, type, platformId].join(' ');
}
