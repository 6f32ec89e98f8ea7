/** ADAPTER of the port `AuditLog`: two tables to which rows are only ever added. */
import {
  type AuditClosing,
  type AuditEntry,
  type AuditFilter,
  type AuditLog,
  type AuditOpening,
  type AuditSummary,
  type Page,
  type PageRequest,
} from '@app/hub';
import { type DataSource } from 'typeorm';
import { pageOf, readTimeCursor, UUID, writeCursor } from '../cursor';
import { AuditEntryEntity, AuditOutcomeEntity } from '../entities';

const TARGET = 'coalesce(o.target, e.target)';
const OUTCOME = `coalesce(o.outcome, 'open')`;
const SUMMARY = `
  e.id, e.at, e.action, ${TARGET} AS target, ${OUTCOME} AS outcome, o.error, o.at AS "endedAt",
  json_build_object('id', e.actor_id, 'name', e.actor_name, 'role', e.actor_role) AS actor`;
const FROM = 'FROM audit_entries e LEFT JOIN audit_outcomes o ON o.entry_id = e.id';

/** One condition for each property of the filter that is given; `?` stands for its value. */
const CONDITIONS: Readonly<Record<keyof AuditFilter, string>> = {
  actor: '? IN (e.actor_id::text, e.actor_name)',
  action: 'e.action = ?',
  target: `starts_with(${TARGET} || '/', ? || '/')`,
  outcomes: `${OUTCOME} = ANY(?)`,
  since: 'e.at >= ?',
  until: 'e.at < ?',
};

export class PostgresAuditLog implements AuditLog {
  constructor(private readonly dataSource: DataSource) {}

  async open({ actor, ...opening }: AuditOpening): Promise<void> {
    const { id: actorId, name: actorName, role: actorRole } = actor;
    await this.dataSource.manager.insert(AuditEntryEntity, { ...opening, actorId, actorName, actorRole });
  }

  async close(id: string, closing: AuditClosing): Promise<void> {
    await this.dataSource.manager.insert(AuditOutcomeEntity, { ...closing, entryId: id });
  }

  async list(filter: AuditFilter, { cursor, limit }: PageRequest): Promise<Page<AuditSummary>> {
    const values: unknown[] = [];
    const bind = (condition: string, ...bound: readonly unknown[]): string =>
      bound.reduce<string>((text, value) => text.replace('?', `$${values.push(value)}`), condition);
    const conditions = Object.entries(CONDITIONS)
      .filter(([name]) => filter[name as keyof AuditFilter] !== undefined)
      .map(([name, condition]) => bind(condition, filter[name as keyof AuditFilter]));
    if (cursor !== null) {
      const { at, id } = readTimeCursor(cursor);
      conditions.push(bind('(e.at, e.id) < (?, ?)', at, id));
    }
    const order = bind('ORDER BY e.at DESC, e.id DESC LIMIT ?', limit + 1);
    const text = `SELECT ${SUMMARY} ${FROM} WHERE ${conditions.join(' AND ')} ${order}`;
    const rows = await this.dataSource.query<AuditSummary[]>(text, values);
    return pageOf(rows, limit, (last) => writeCursor(last.at.toISOString(), last.id));
  }

  async find(id: string): Promise<AuditEntry | undefined> {
    if (!UUID.test(id)) return undefined;
    const text = `SELECT ${SUMMARY}, e.input, e.before, o.after ${FROM} WHERE e.id = $1`;
    const [row] = await this.dataSource.query<AuditEntry[]>(text, [id]);
    return row;
  }
}
