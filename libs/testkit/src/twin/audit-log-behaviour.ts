/// <reference types="jest" />
import { randomUUID } from 'node:crypto';
import { type AuditClosing, type AuditFilter, type AuditLog, type AuditOpening } from '@app/hub';
import { at } from './platform-fixtures';

/** An audit log that is empty. */
export interface AuditLogWorld {
  readonly audit: AuditLog;
  end(): Promise<void>;
}

const ACTOR = { id: randomUUID(), name: 'Night shift', role: 'operator' } as const;
const ANY = ['changed', 'unchanged', 'refused', 'failed', 'read', 'open'] as const;

function opening(more: Partial<AuditOpening> = {}): AuditOpening {
  const what = { action: 'suspendPlatform', target: 'platforms/7' };
  const states = { input: { body: { text: 'a\u0000b' } }, before: { status: 'CONNECTED' } };
  return { id: randomUUID(), at: at(0), actor: ACTOR, ...what, ...states, ...more };
}

function closing(more: Partial<AuditClosing> = {}): AuditClosing {
  return { at: at(1), outcome: 'changed', error: null, target: null, after: { n: 1 }, ...more };
}

/** What every `AuditLog` does. */
export function auditLogBehaviour(name: string, make: () => Promise<AuditLogWorld>): void {
  describe(`the audit log on ${name}`, () => {
    let world: AuditLogWorld;
    beforeEach(async () => {
      world = await make();
    });
    afterEach(() => world.end());

    const kept = async (entry: AuditOpening, end: AuditClosing | undefined): Promise<string> => {
      await world.audit.open(entry);
      if (end) await world.audit.close(entry.id, end);
      return entry.id;
    };
    const found = async (filter: Partial<AuditFilter>): Promise<string[]> => {
      const page = await world.audit.list({ outcomes: ANY, ...filter }, { cursor: null, limit: 10 });
      return page.data.map(({ id }) => id);
    };

    test('shows an entry whole, as it was before and as it ended', async () => {
      const entry = opening();
      await world.audit.open(entry);
      const open = { ...entry, outcome: 'open', error: null, endedAt: null, after: null };
      expect(await world.audit.find(entry.id)).toEqual(open);
      await world.audit.close(entry.id, closing({ target: 'platforms/7/notes/1' }));
      const ended = { outcome: 'changed', endedAt: at(1), after: { n: 1 }, target: 'platforms/7/notes/1' };
      expect(await world.audit.find(entry.id)).toEqual({ ...open, ...ended });
      expect(await world.audit.find(randomUUID())).toBeUndefined();
    });

    test('completes an entry once', async () => {
      const id = await kept(opening(), closing());
      await expect(world.audit.close(id, closing({ outcome: 'failed' }))).rejects.toThrow();
      await expect(world.audit.close(randomUUID(), closing())).rejects.toThrow();
      expect(await world.audit.find(id)).toMatchObject({ outcome: 'changed' });
    });

    test('is listed page by page, newest first, without states', async () => {
      const ids: string[] = [];
      for (const minute of [1, 2, 3]) ids.unshift(await kept(opening({ at: at(minute) }), closing()));
      const first = await world.audit.list({ outcomes: ANY }, { cursor: null, limit: 2 });
      expect(first.data.map(({ id }) => id)).toEqual(ids.slice(0, 2));
      expect(first.data[0]).toEqual({
        ...{ id: ids[0], at: at(3), actor: ACTOR, action: 'suspendPlatform', target: 'platforms/7' },
        ...{ outcome: 'changed', error: null, endedAt: at(1) },
      });
      const rest = await world.audit.list({ outcomes: ANY }, { cursor: first.nextCursor, limit: 2 });
      expect([rest.data.map(({ id }) => id), rest.nextCursor]).toEqual([[ids[2]], null]);
    });

    test('is found by actor, action, target, outcome and time', async () => {
      const first = { id: null, name: 'ADMIN_API_KEY', role: 'owner' } as const;
      const made = closing({ target: 'agreements/9' });
      const a = await kept(opening({ at: at(4) }), undefined);
      const b = await kept(opening({ at: at(3), target: 'platforms/7/allowed-hosts' }), closing());
      const c = await kept(opening({ at: at(2), target: 'platforms/70', actor: first }), closing());
      const d = await kept(opening({ at: at(1), action: 'createAgreement', target: 'agreements' }), made);
      expect(await found({})).toEqual([a, b, c, d]);
      expect(await found({ actor: ACTOR.id })).toEqual([a, b, d]);
      expect(await found({ actor: 'ADMIN_API_KEY' })).toEqual([c]);
      expect(await found({ action: 'createAgreement' })).toEqual([d]);
      expect(await found({ target: 'platforms/7' })).toEqual([a, b]);
      expect(await found({ target: 'agreements/9' })).toEqual([d]);
      expect(await found({ target: 'platforms' })).toEqual([a, b, c]);
      expect(await found({ outcomes: ['open'] })).toEqual([a]);
      expect(await found({ outcomes: ['changed', 'failed'] })).toEqual([b, c, d]);
      expect(await found({ since: at(2), until: at(4) })).toEqual([b, c]);
      const e = await kept(opening({ at: at(0) }), closing({ outcome: 'read', after: null }));
      expect(await found({ outcomes: ['read'] })).toEqual([e]);
    });
  });
}
