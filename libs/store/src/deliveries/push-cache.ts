import { type OutgoingPush } from '@app/hub';
import { parsePartyId, pushedObject, type Version } from '@app/ocpi';
import { type DataSource, In } from 'typeorm';
import { PushEntity } from '../entities';

/** Bodies kept for their next leg: of the usual 2 kB, those of 16,000 broadcasts under way. In bytes. */
const MAX_BYTES = 32 * 1024 * 1024;
/** What a push takes besides its body, roughly. */
const OVERHEAD_BYTES = 1_024;

/** The pushes that are being delivered: a body is read once by a process, not once for each receiver. */
export class PushCache {
  private readonly pushes = new Map<string, OutgoingPush>();
  private bytes = 0;

  constructor(private readonly dataSource: DataSource) {}

  /** These pushes by their ids. */
  async get(ids: readonly string[]): Promise<ReadonlyMap<string, OutgoingPush>> {
    const wanted = [...new Set(ids)];
    const missing = wanted.filter((id) => !this.pushes.has(id));
    const read = missing.length === 0 ? [] : await this.read(missing);
    const found = new Map(read.map((push) => [push.id, push]));
    for (const id of wanted) {
      const push = found.get(id) ?? this.pushes.get(id);
      if (push) found.set(id, push);
    }
    for (const push of read) this.keep(push);
    return found;
  }

  private async read(ids: readonly string[]): Promise<OutgoingPush[]> {
    const rows = await this.dataSource.manager.findBy(PushEntity, { id: In([...ids]) });
    return rows.map(toPush);
  }

  private keep(push: OutgoingPush): void {
    if (!this.pushes.has(push.id)) this.bytes += sizeOf(push);
    this.pushes.set(push.id, push);
    for (const [id, oldest] of this.pushes) {
      if (this.bytes <= MAX_BYTES) return;
      this.pushes.delete(id);
      this.bytes -= sizeOf(oldest);
    }
  }
}

function sizeOf({ body }: OutgoingPush): number {
  return (body?.length ?? 0) + OVERHEAD_BYTES;
}

function toPush(row: PushEntity): OutgoingPush {
  const { module, rest, query, fromPlatformId, fromParty } = row;
  const [countryCode = '', partyId = ''] = fromParty?.split('*') ?? [];
  const party = parsePartyId(countryCode, partyId);
  return {
    ...{ id: row.id, routing: row.routing, module, method: row.method, rest, query },
    ...{ headers: row.headers, body: row.body, requestId: row.requestId },
    correlationId: row.longCorrelationId ?? row.correlationId,
    object: { key: pushedObject(module, rest, query).key, path: row.objectPath },
    version: row.version as Version,
    from: fromPlatformId !== null && party ? { platformId: fromPlatformId, party } : null,
    maxAgeSeconds: 0,
  };
}
