/** Who may have which party: the rows are locked, then looked at, then written. */
import { randomUUID } from 'node:crypto';
import { type ConnectionStatus } from '@app/hub';
import { type Party, partyKey } from '@app/ocpi';
import { type EntityManager } from 'typeorm';
import { PartyEntity } from './entities';

/** What a platform wants to have: parties without repetition, in one order for all. */
export type Claims<T extends Party> = ReadonlyMap<string, T>;

/** `NL*TNM/CPO`: a pair in one role as one string. */
function roleKey(party: Party): string {
  return `${partyKey(party)}/${party.role}`;
}

/** Sorted, so that two transactions take their locks in the same order; of a repeated party, the first. */
export function claimsOf<T extends Party>(parties: readonly T[]): Claims<T> {
  const claims = new Map<string, T>();
  for (const party of parties) if (!claims.has(roleKey(party))) claims.set(roleKey(party), party);
  return new Map([...claims].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The rows that exist for these parties, whoever has them, locked until the transaction ends. */
export async function lockParties(
  manager: EntityManager,
  claims: Claims<Party>,
): Promise<Map<string, PartyEntity>> {
  const parties = [...claims.values()];
  const rows = await manager
    .createQueryBuilder(PartyEntity, 'party')
    .where(
      `(party.countryCode, party.partyId, party.role) IN
       (SELECT * FROM unnest(CAST(:codes AS text[]), CAST(:ids AS text[]), CAST(:roles AS text[])))`,
      {
        codes: parties.map((party) => party.countryCode),
        ids: parties.map((party) => party.partyId),
        roles: parties.map((party) => party.role),
      },
    )
    .orderBy({ 'party.countryCode': 'ASC', 'party.partyId': 'ASC', 'party.role': 'ASC' })
    .setLock('pessimistic_write')
    .getMany();
  return new Map(rows.map((row) => [roleKey(row), row]));
}

/** The first claimed party that another platform holds. */
export function takenParty(
  claims: Claims<Party>,
  rows: ReadonlyMap<string, PartyEntity>,
  platformId: string,
): Party | undefined {
  for (const [key, { countryCode, partyId, role }] of claims) {
    const row = rows.get(key);
    if (row?.held === true && row.platformId !== platformId) return { countryCode, partyId, role };
  }
  return undefined;
}

/** Whom a claim concerns: the platform itself, and those that had given up what it takes over. */
export function concerned(rows: ReadonlyMap<string, PartyEntity>, platformId: string): Set<string> {
  return new Set([platformId, ...[...rows.values()].map((row) => row.platformId)]);
}

/** What a claimed party's row becomes: its place in the hub, and since when. */
export interface Holding {
  readonly platformId: string;
  readonly status: ConnectionStatus;
  readonly now: Date;
}

type Claim = Party & { readonly businessDetails: Record<string, unknown> | null };

/** The row to write. `statusSince` moves only when the status does. */
export function heldRow(claim: Claim, row: PartyEntity | undefined, holding: Holding): PartyEntity {
  const { platformId, status, now } = holding;
  const { countryCode, partyId, role, businessDetails } = claim;
  const statusSince = row?.status === status ? row.statusSince : now;
  const knownSince = row && row.status !== 'SUSPENDED' ? row.knownSince : now;
  const id = row?.id ?? randomUUID();
  return {
    ...{ id, platformId, countryCode, partyId, role, businessDetails },
    ...{ status, statusSince, knownSince, held: true },
  };
}

/** Rows in one statement: nine values each, far below PostgreSQL's 65,535 a statement. */
const ROWS_PER_STATEMENT = 1_000;

/** Writes rows, new ones and ones that moved here alike. */
export async function writeParties(manager: EntityManager, rows: readonly PartyEntity[]): Promise<void> {
  for (let at = 0; at < rows.length; at += ROWS_PER_STATEMENT) {
    await manager.upsert(PartyEntity, rows.slice(at, at + ROWS_PER_STATEMENT), ['id']);
  }
}

/** The platform gave these up: shown as SUSPENDED, free for another platform. */
export async function letGo(manager: EntityManager, ids: readonly string[], now: Date): Promise<void> {
  await manager
    .createQueryBuilder()
    .update(PartyEntity)
    .set({
      held: false,
      status: 'SUSPENDED',
      statusSince: () =>
        `CASE WHEN status = 'SUSPENDED' THEN status_since ELSE CAST(:now AS timestamptz) END`,
    })
    .where('id = ANY(:ids)')
    .setParameters({ ids, now })
    .execute();
}
