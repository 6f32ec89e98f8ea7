/**
 * The limits of what is kept for one platform: asked before anything is written for it.
 *
 * Far from its limits a platform is judged by what was read within the last second and what this process wrote since;
 * near them, by what the database says. Requests that are under way together may pass a limit by what they bring.
 */
import { HubError } from '../hub-error';
import {
  type Detour,
  type DetourStore,
  type ObjectKey,
  type ObjectStore,
  type Outbox,
  type PlatformUsage,
  type UsageStore,
} from '../ports';

export interface StorageLimits {
  readonly objects: number;
  readonly bytes: number;
}

/** What is about to be written for a platform. */
export interface Growth {
  readonly bytes: number;
  /** Whole objects. */
  readonly objects?: readonly ObjectKey[];
  /** An object that is deleted: where there is one, that makes room and is always taken. */
  readonly deleted?: ObjectKey;
}

/** For a row with its entries in indexes, in bytes: the same number stands in the triggers that count. */
const ROW_BYTES = 256;
/** How long what was read of a platform far from its limits holds, in ms. */
const FRESH_MS = 1_000;

interface Known {
  readonly used: PlatformUsage;
  readonly readAt: number;
}

export class StorageRoom {
  private readonly known = new Map<string, Known>();

  /** @param nowMs a clock that never goes back, in ms */
  constructor(
    private readonly usage: UsageStore,
    private readonly limits: StorageLimits,
    private readonly nowMs: () => number,
  ) {}

  /** @throws HubError `objects_limit`, `stored_bytes_limit` when there is no room for it */
  async require(platformId: string, growth: Growth): Promise<void> {
    const { used, readAt } = await this.usedBy(platformId);
    await this.judge(platformId, used, growth);
    const objects = used.objects + (growth.objects?.length ?? 0);
    this.known.set(platformId, { used: { objects, bytes: used.bytes + growth.bytes }, readAt });
  }

  private async usedBy(platformId: string): Promise<Known> {
    const known = this.known.get(platformId);
    const now = this.nowMs();
    if (known && now - known.readAt < FRESH_MS && this.isFar(known.used)) return known;
    return { used: await this.usage.usageOf(platformId), readAt: now };
  }

  private isFar({ objects, bytes }: PlatformUsage): boolean {
    return 2 * objects < this.limits.objects && 2 * bytes < this.limits.bytes;
  }

  private async judge(platformId: string, used: PlatformUsage, growth: Growth): Promise<void> {
    const { objects = [], deleted, bytes } = growth;
    const { limits, usage } = this;
    if (used.bytes + bytes > limits.bytes) {
      if (deleted && (await usage.countStored(platformId, [deleted])) > 0) return;
      throw new HubError('stored_bytes_limit', `${used.bytes} bytes are kept of at most ${limits.bytes}`);
    }
    if (objects.length === 0 || used.objects + objects.length <= limits.objects) return;
    const added = objects.length - (await usage.countStored(platformId, objects));
    if (added > 0 && used.objects + added > limits.objects)
      throw new HubError('objects_limit', `${used.objects} objects are kept of at most ${limits.objects}`);
  }
}

/** The outbox, for senders that have room. */
export function limitedOutbox(outbox: Outbox, room: StorageRoom): Outbox {
  return {
    accept: async (push, legs, options) => {
      const change = options?.change;
      const isWhole = change?.method === 'PUT' && change.part.length === 0;
      const bytes = (push.body?.length ?? 0) + (change?.body?.length ?? 0) + 2 * ROW_BYTES;
      if (push.from) {
        const object = { ...(isWhole && { objects: [change.key] }) };
        const deleted = { ...(change && change.body === null && { deleted: change.key }) };
        await room.require(push.from.platformId, { bytes, ...object, ...deleted });
      }
      return outbox.accept(push, legs, options);
    },
  };
}

/** The object store as pulls fill it, for platforms that have room. A page for which there is none is not kept. */
export function limitedPulls(
  objects: Pick<ObjectStore, 'putPulled'>,
  room: StorageRoom,
): Pick<ObjectStore, 'putPulled'> {
  return {
    putPulled: async (page) => {
      const bytes = page.objects.reduce((sum, { body }) => sum + body.length + ROW_BYTES, 0);
      const growth = { bytes, objects: page.objects.map(({ key }) => key) };
      if (page.objects.length > 0) await room.require(page.platformId, growth);
      await objects.putPulled(page);
    },
  };
}

/** The platform whose request a callback URL was made for: it counts there. */
export function payerOf({ kind, owner, holder }: Pick<Detour, 'kind' | 'owner' | 'holder'>): string {
  return kind === 'response' ? owner.platformId : holder.platformId;
}

/** The store of callback URLs, for platforms that have room. */
export function limitedDetours(detours: DetourStore, room: StorageRoom): DetourStore {
  return {
    keep: async (made) => {
      const [first] = made;
      const bytes = made.reduce((sum, { target }) => sum + target.length + ROW_BYTES, 0);
      if (first) await room.require(payerOf(first), { bytes });
      await detours.keep(made);
    },
    find: (id, now) => detours.find(id, now),
    findPage: (list, offset, now) => detours.findPage(list, offset, now),
    purge: (now, limit) => detours.purge(now, limit),
  };
}

/** The limits as the settings give them, for one process. */
export function storageRoomOf(
  settings: { readonly maxObjectsPerPlatform: number; readonly maxStoredBytesPerPlatform: number },
  usage: UsageStore,
): StorageRoom {
  const { maxObjectsPerPlatform: objects, maxStoredBytesPerPlatform: bytes } = settings;
  return new StorageRoom(usage, { objects, bytes }, Date.now);
}
