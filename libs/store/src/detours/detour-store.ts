/** ADAPTER of the port `DetourStore`. */
import { type Detour, type DetourEnd, type DetourPage, type DetourStore } from '@app/hub';
import { type MessageIds, partyKey } from '@app/ocpi';
import { type DataSource, MoreThan } from 'typeorm';
import { DetourEntity } from '../entities';

/** Two routers that purge at once take different rows, and neither waits for the other. */
const PURGE = `
  DELETE FROM detours WHERE id IN (
    SELECT id FROM detours WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED)`;

export class PostgresDetourStore implements DetourStore {
  constructor(private readonly dataSource: DataSource) {}

  async keep(detours: readonly Detour[]): Promise<void> {
    await this.dataSource.manager.insert(DetourEntity, detours.map(rowOf));
  }

  async find(id: string, now: Date): Promise<Detour | undefined> {
    const row = await this.dataSource.manager.findOneBy(DetourEntity, { id });
    if (row === null || (row.expiresAt !== null && row.expiresAt <= now)) return undefined;
    return detourOf(row);
  }

  async findPage(list: string, offset: number, now: Date): Promise<Detour | undefined> {
    const row = await this.dataSource.manager.findOne(DetourEntity, {
      where: { list, listOffset: String(offset), expiresAt: MoreThan(now) },
      order: { createdAt: 'DESC' },
    });
    return row ? detourOf(row) : undefined;
  }

  async purge(now: Date, limit: number): Promise<number> {
    const [, removed] = await this.dataSource.query<[unknown, number]>(PURGE, [now, limit]);
    return removed;
  }
}

function rowOf({ holder, owner, cause, page, ...detour }: Detour): DetourEntity {
  return {
    ...detour,
    ...{ holderPlatformId: holder.platformId, holderParty: partyKey(holder.party) },
    ...{ ownerPlatformId: owner.platformId, ownerParty: partyKey(owner.party) },
    ...{
      list: page?.list ?? null,
      listOffset: page ? String(page.offset) : null,
      listPlace: page?.place ?? null,
    },
    ...{ causeCorrelationId: cause?.correlationId ?? null, causeRequestId: cause?.requestId ?? null },
  };
}

function detourOf(row: DetourEntity): Detour {
  const { id, kind, target, module, interfaceRole, createdAt, expiresAt } = row;
  return {
    ...{ id, kind, target, module, interfaceRole, createdAt, expiresAt },
    holder: endOf(row.holderPlatformId, row.holderParty),
    owner: endOf(row.ownerPlatformId, row.ownerParty),
    cause: causeOf(row),
    page: pageOf(row),
  };
}

function pageOf({ list, listOffset, listPlace }: DetourEntity): DetourPage | null {
  return list === null || listPlace === null ? null : { list, offset: Number(listOffset), place: listPlace };
}

function causeOf({ causeCorrelationId, causeRequestId }: DetourEntity): MessageIds | null {
  if (causeCorrelationId === null || causeRequestId === null) return null;
  return { correlationId: causeCorrelationId, requestId: causeRequestId };
}

function endOf(platformId: string, party: string): DetourEnd {
  const [countryCode = '', partyId = ''] = party.split('*');
  return { platformId, party: { countryCode, partyId } };
}
