/** Parties that never exchanged a message, as the message log shows. */
import { type DataSource } from 'typeorm';
import { announce, inTransaction } from '../transaction';

/** A message that succeeded, sent by the pair or delivered to it. By the indexes of the days since then. */
const MARK = `
  UPDATE parties party SET exchanged = true
  WHERE NOT exchanged AND EXISTS (
    SELECT FROM messages message WHERE message.at >= $1 AND message.ocpi_status BETWEEN 1000 AND 1999
      AND message.scenario IS NOT NULL
      AND message.from_party = party.country_code || '*' || party.party_id
    UNION ALL
    SELECT FROM messages message WHERE message.at >= $1 AND message.ocpi_status BETWEEN 1000 AND 1999
      AND message.scenario IS NOT NULL
      AND message.to_party = party.country_code || '*' || party.party_id)`;

/** Only what was announced as SUSPENDED goes: the others were told that it ended. */
const FORGET = `
  DELETE FROM parties WHERE id IN (
    SELECT id FROM parties WHERE status = 'SUSPENDED' AND NOT held AND NOT exchanged AND status_since < $1
      AND announced_status = 'SUSPENDED'
    ORDER BY status_since LIMIT $2 FOR UPDATE SKIP LOCKED)
  RETURNING platform_id, country_code, party_id, role`;

/** The announcer's notes of them, and their history, go with them. */
const FORGET_NOTES = ['client_info_views', 'status_changes'].map(
  (table) => `
  DELETE FROM ${table} note USING unnest($1::text[], $2::text[], $3::text[]) AS gone (country_code, party_id, role)
  WHERE note.country_code = gone.country_code AND note.party_id = gone.party_id AND note.role = gone.role`,
);

interface ForgottenRow {
  readonly platform_id: string;
  readonly country_code: string;
  readonly party_id: string;
  readonly role: string;
}

/** See `StatusKeeping.markExchanged`. */
export async function markExchanged(dataSource: DataSource, since: Date): Promise<void> {
  await dataSource.query(MARK, [since]);
}

/** See `StatusKeeping.forgetUnused`. */
export function forgetUnused(dataSource: DataSource, before: Date, limit: number): Promise<number> {
  return inTransaction(dataSource, async (manager) => {
    const [rows] = await manager.query<[ForgottenRow[], number]>(FORGET, [before, limit]);
    if (rows.length === 0) return 0;
    const names = [
      rows.map((row) => row.country_code),
      rows.map((row) => row.party_id),
      rows.map((row) => row.role),
    ];
    for (const statement of FORGET_NOTES) await manager.query(statement, names);
    await announce(manager, ...new Set(rows.map((row) => row.platform_id)));
    return rows.length;
  });
}
