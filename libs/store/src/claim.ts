/** Who may have which party: the rows are locked, then looked at, then written. */
import { randomUUID } from 'node:crypto';
import { type Claimant, type ClaimVerdict, type ConnectionStatus, judgeClaim } from '@app/hub';
import { type Party, partyKey } from '@app/ocpi';
import { type EntityManager } from 'typeorm';
import { PartyEntity } from './entities';

/** What a platform wants to have: parties without repetition, in one order for all. */
export type Claims<T extends Party> = ReadonlyMap<string, T>;

/** `NL*TNM/CPO`: a pair in one role as one string. */
export function roleKey(party: Party): string {
  return `${partyKey(party)}/${party.role}`;
}

/** Sorted, so that two transactions take their locks in the same order; of a repeated party, the first. */
export function claimsOf<T extends Party>(parties: readonly T[]): Claims<T> {
  const claims = new Map<string, T>();
  for (const party of parties) if (!claims.has(roleKey(party))) claims.set(roleKey(party), party);
  return new Map([...claims].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The rows that exist for the pairs of these parties, in whatever role, locked until the transaction ends. */
export async function lockPairs(manager: EntityManager, claims: Claims<Party>): Promise<PartyEntity[]> {
  const parties = [...claims.values()];
  return manager
    .createQueryBuilder(PartyEntity, 'party')
    .where(
      `(party.countryCode, party.partyId) IN
       (SELECT * FROM unnest(CAST(:codes AS text[]), CAST(:ids AS text[])))`,
      {
        codes: parties.map((party) => party.countryCode),
        ids: parties.map((party) => party.partyId),
      },
    )
    .orderBy({ 'party.countryCode': 'ASC', 'party.partyId': 'ASC', 'party.role': 'ASC' })
    .setLock('pessimistic_write')
    .getMany();
}

/** The rows of the claimed parties themselves, by `NL*TNM/CPO`. */
export function rowsOf(claims: Claims<Party>, pairs: readonly PartyEntity[]): Map<string, PartyEntity> {
  return new Map(pairs.map((row) => [roleKey(row), row] as const).filter(([key]) => claims.has(key)));
}

/** What becomes of each claim, by `NL*TNM/CPO`. */
export function judgeClaims(
  claims: Claims<Party>,
  pairs: readonly PartyEntity[],
  claimant: Claimant,
): Map<string, ClaimVerdict> {
  const holders = new Map<string, PartyEntity[]>();
  for (const row of pairs) holders.set(partyKey(row), [...(holders.get(partyKey(row)) ?? []), row]);
  return new Map(
    [...claims].map(([key, claim]) => [key, judgeClaim(claim, claimant, holders.get(partyKey(claim)) ?? [])]),
  );
}

/** The first party that the operator gives to a platform while another one holds this half of the pair. */
export function takenParty(
  claims: Claims<Party>,
  pairs: readonly PartyEntity[],
  platformId: string,
): Party | undefined {
  const verdicts = judgeClaims(claims, pairs, { platformId, announced: true, approval: true });
  return firstWith('taken', claims, verdicts);
}

/** The first claim with this verdict. */
export function firstWith(
  verdict: ClaimVerdict,
  claims: Claims<Party>,
  verdicts: ReadonlyMap<string, ClaimVerdict>,
): Party | undefined {
  for (const [key, { countryCode, partyId, role }] of claims) {
    if (verdicts.get(key) === verdict) return { countryCode, partyId, role };
  }
  return undefined;
}

/** Those of the claims with this verdict. */
export function allWith<T extends Party>(
  verdict: ClaimVerdict,
  claims: Claims<T>,
  verdicts: ReadonlyMap<string, ClaimVerdict>,
): Claims<T> {
  return new Map([...claims].filter(([key]) => verdicts.get(key) === verdict));
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
