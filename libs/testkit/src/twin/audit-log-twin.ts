/** In-memory twin of the port `AuditLog`. */
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
import { pageAfter } from './page';

export class AuditLogTwin implements AuditLog {
  private readonly entries = new Map<string, AuditEntry>();

  async open(opening: AuditOpening): Promise<void> {
    const ending = { outcome: 'open', error: null, endedAt: null, after: null } as const;
    this.entries.set(opening.id, { ...opening, ...ending });
  }

  async close(id: string, { at: endedAt, target, ...ending }: AuditClosing): Promise<void> {
    const entry = this.entries.get(id);
    if (entry?.outcome !== 'open') throw new Error('there is no such open entry');
    this.entries.set(id, { ...entry, ...ending, endedAt, target: target ?? entry.target });
  }

  async list(filter: AuditFilter, page: PageRequest): Promise<Page<AuditSummary>> {
    const found = [...this.entries.values()].filter((entry) => isMeant(entry, filter));
    const newestFirst = pageAfter(found, page, ({ at, id }) => `${1e15 - at.getTime()} ${id}`);
    return { ...newestFirst, data: newestFirst.data.map(summaryOf) };
  }

  async find(id: string): Promise<AuditEntry | undefined> {
    return this.entries.get(id);
  }
}

function isMeant({ actor, action, target, outcome, at }: AuditEntry, filter: AuditFilter): boolean {
  const { since = at, until = new Date(at.getTime() + 1) } = filter;
  return (
    (filter.actor === undefined || [actor.id, actor.name].includes(filter.actor)) &&
    (filter.action ?? action) === action &&
    `${target}/`.startsWith(`${filter.target ?? target}/`) &&
    filter.outcomes.includes(outcome) &&
    at >= since &&
    at < until
  );
}

function summaryOf(entry: AuditEntry): AuditSummary {
  const { id, at, actor, action, target, outcome, error, endedAt } = entry;
  return { id, at, actor, action, target, outcome, error, endedAt };
}
