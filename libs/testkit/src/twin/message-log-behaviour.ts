/// <reference types="jest" />
import { randomUUID } from 'node:crypto';
import {
  type MessageArchive,
  type MessageFilter,
  type MessageLog,
  type MessageRow,
  type Page,
} from '@app/hub';
import { eventually } from './platform-fixtures';

/** A message log and its reading side. */
export interface MessageLogWorld {
  readonly messageLog: MessageLog;
  readonly messageArchive: MessageArchive;
  end(): Promise<void>;
}

/** One message; `more` says what is different. */
export function messageRow(more: Partial<MessageRow> = {}): MessageRow {
  return {
    at: new Date(),
    ...{
      correlationId: randomUUID(),
      requestId: randomUUID(),
      onwardRequestId: randomUUID(),
      idsMade: false,
    },
    ...{ parentCorrelationId: null, parentRequestId: null },
    ...{
      scenario: 'direct',
      version: '2.2.1',
      module: 'locations',
      interfaceRole: 'RECEIVER',
      method: 'PUT',
    },
    ...{ fromPlatformId: randomUUID(), toPlatformId: randomUUID(), from: 'NL*CPO', to: 'DE*EMP' },
    claimedFrom: null,
    ...{
      httpStatus: 200,
      ocpiStatus: 1000,
      durationMs: 12.345,
      requestBytes: 2048,
      answerBytes: 99,
      error: null,
    },
    ...{ reason: null, note: null, path: null },
    ...more,
  };
}

/** What every implementation of `MessageLog` and `MessageArchive` does. */
export function messageLogBehaviour(name: string, makeWorld: () => Promise<MessageLogWorld>): void {
  describe(`${name} as a message log`, () => {
    let world: MessageLogWorld;
    beforeEach(async () => {
      world = await makeWorld();
    });
    afterEach(() => world.end());

    /** The rows that a filter finds, once there are so many. */
    async function found(filter: MessageFilter, count: number): Promise<readonly MessageRow[]> {
      const page = { cursor: null, limit: 100 };
      return eventually(async () => {
        const { data } = await world.messageArchive.find(filter, page);
        return data.length === count ? data : undefined;
      });
    }

    test('a row comes back as it was recorded', async () => {
      const full = messageRow({
        ...{ error: 'receiver_unknown', parentCorrelationId: 'parent', parentRequestId: 'parent request' },
        claimedFrom: 'FR*VIC',
        ...{ reason: 'unknown receiver: FR*NIX', note: 'ids made', path: '/ocpi/no/such/path' },
      });
      const bare = messageRow({
        ...{ correlationId: full.correlationId, at: new Date(full.at.getTime() - 1), idsMade: true },
        ...{ onwardRequestId: null, scenario: null, version: null, module: null, interfaceRole: null },
        ...{ fromPlatformId: null, toPlatformId: null, from: null, to: null, ocpiStatus: null },
      });
      world.messageLog.record(full);
      world.messageLog.record(bare);
      const rows = await found({ correlationId: full.correlationId }, 2);
      expect(rows).toEqual([full, bare].map((row) => ({ ...row, id: expect.any(String) })));
    });

    test('each filter finds its own', async () => {
      const [early, late] = [messageRow({ at: new Date(Date.now() - 5_000) }), messageRow()];
      const odd = messageRow({
        at: early.at,
        from: 'FR*AAA',
        to: 'FR*BBB',
        module: 'cdrs',
        ocpiStatus: 4001,
      });
      for (const row of [early, odd, late]) world.messageLog.record(row);
      await found({}, 3);
      expect(await found({ from: 'FR*AAA' }, 1)).toMatchObject([odd]);
      expect(await found({ to: 'FR*BBB' }, 1)).toMatchObject([odd]);
      expect(await found({ module: 'cdrs', statusCode: 4001 }, 1)).toMatchObject([odd]);
      expect(await found({ since: late.at }, 1)).toMatchObject([late]);
      await found({ since: early.at }, 3);
      await found({ until: late.at }, 2);
      await found({ module: 'cdrs', statusCode: 1000 }, 0);
    });

    test('a platform’s messages are those that it sent and those that it was sent, each once', async () => {
      const [platform, now] = [randomUUID(), Date.now()];
      const sides = [
        { fromPlatformId: platform },
        { toPlatformId: platform, fromPlatformId: null },
        { fromPlatformId: platform, toPlatformId: platform },
        { toPlatformId: platform },
        { fromPlatformId: platform, toPlatformId: null },
      ];
      const rows = sides.map((side, index) => messageRow({ ...side, at: new Date(now - (index >> 1)) }));
      for (const row of [messageRow(), ...rows]) world.messageLog.record(row);
      await found({}, rows.length + 1);
      const whole = await found({ platform }, rows.length);
      const seen: MessageRow[] = [];
      let cursor: string | null = null;
      do {
        const page: Page<MessageRow> = await world.messageArchive.find({ platform }, { cursor, limit: 2 });
        seen.push(...page.data);
        cursor = page.nextCursor;
      } while (cursor !== null);
      expect(seen).toEqual(whole);
      expect(await found({ platform, method: 'GET' }, 0)).toEqual([]);
    });

    test('what failed is found by its statuses and its error, and apart from what did not', async () => {
      const sound = [
        {},
        { ocpiStatus: 1999, httpStatus: 201 },
        { ocpiStatus: null, httpStatus: 304, method: 'GET' },
      ];
      const failed = [
        { ocpiStatus: 2000 },
        { ocpiStatus: null, httpStatus: 400 },
        { ocpiStatus: 1000, httpStatus: 503 },
        { ocpiStatus: null, error: 'answer_not_ocpi' },
        { error: 'receiver_unknown', ocpiStatus: 4001, method: 'DELETE' },
      ];
      const of = (list: readonly Partial<MessageRow>[]) => list.map((more) => messageRow(more));
      const [soundRows, failedRows] = [of(sound), of(failed)];
      for (const row of [...soundRows, ...failedRows]) world.messageLog.record(row);
      const ids = (list: readonly MessageRow[]): string[] => list.map((row) => row.requestId).sort();
      expect(ids(await found({ failed: true }, failed.length))).toEqual(ids(failedRows));
      expect(ids(await found({ failed: false }, sound.length))).toEqual(ids(soundRows));
      expect(await found({ error: 'receiver_unknown' }, 1)).toMatchObject([failed.at(-1)]);
      expect(await found({ httpStatus: 201 }, 1)).toMatchObject([sound[1]]);
      expect(await found({ httpStatus: 503, failed: true }, 1)).toMatchObject([failed[2]]);
      await found({ httpStatus: 503, failed: false }, 0);
      expect(await found({ method: 'GET' }, 1)).toMatchObject([sound[2]]);
      expect(await found({ method: 'DELETE', failed: true }, 1)).toMatchObject([failed.at(-1)]);
    });

    test('pages are newest first and neither repeat nor skip, also among messages of one moment', async () => {
      const now = Date.now();
      const rows = Array.from({ length: 11 }, (_, index) => messageRow({ at: new Date(now - (index >> 2)) }));
      for (const row of rows) world.messageLog.record(row);
      await found({}, rows.length);
      const seen: MessageRow[] = [];
      let cursor: string | null = null;
      do {
        const page = await world.messageArchive.find({}, { cursor, limit: 3 });
        world.messageLog.record(messageRow({ at: new Date(now + 1_000) }));
        seen.push(...page.data);
        cursor = page.nextCursor;
      } while (cursor !== null);
      const ids = (list: readonly MessageRow[]): string[] => list.map((row) => row.requestId).sort();
      expect(ids(seen)).toEqual(ids(rows));
      const times = seen.map((row) => row.at.getTime());
      expect(times).toEqual(times.toSorted((a, b) => b - a));
    });

    test('a trace holds the callbacks that came under another id, oldest first, by either id', async () => {
      const [command, other] = [messageRow({ at: new Date(Date.now() - 5_000) }), messageRow()];
      const callback = messageRow({ parentCorrelationId: command.correlationId });
      for (const row of [callback, other, command]) world.messageLog.record(row);
      await found({}, 3);
      for (const { correlationId } of [command, callback]) {
        const { messages, truncated } = await world.messageArchive.trace(correlationId, 2);
        expect([messages, truncated]).toMatchObject([[command, callback], false]);
      }
      const cut = await world.messageArchive.trace(command.correlationId, 1);
      expect(cut).toMatchObject({ messages: [command], truncated: true });
      expect(await world.messageArchive.trace('nobody', 1)).toEqual({ messages: [], truncated: false });
    });

    test('what came of a platform’s messages is told by kind, the busiest first, and of its time alone', async () => {
      const [platform, other] = [randomUUID(), randomUUID()];
      const [since, until] = [new Date(Date.now() - 1_000), new Date()];
      const sent = { at: since, fromPlatformId: platform, toPlatformId: other };
      const sound = [1, 2, 3, 10].map((durationMs) => messageRow({ ...sent, durationMs }));
      const failed = [{ ocpiStatus: 2001 }, { httpStatus: 503, ocpiStatus: null }, { error: 'http_503' }].map(
        (more) => messageRow({ ...sent, module: null, interfaceRole: null, durationMs: 5, ...more }),
      );
      const back = messageRow({ at: since, fromPlatformId: other, toPlatformId: platform, durationMs: 7 });
      const late = messageRow({ ...sent, at: until });
      for (const row of [...failed, back, late, ...sound]) world.messageLog.record(row);
      await found({}, 9);
      const locations = { module: 'locations', interfaceRole: 'RECEIVER', errors: 0 };
      expect(await world.messageArchive.traffic(platform, since, until)).toEqual([
        { ...locations, direction: 'sent', messages: 4, p50Ms: 2.5, p95Ms: expect.closeTo(8.95, 6) },
        {
          ...{ direction: 'sent', module: null, interfaceRole: null },
          ...{ messages: 3, errors: 3, p50Ms: 5, p95Ms: 5 },
        },
        { ...locations, direction: 'received', messages: 1, p50Ms: 7, p95Ms: 7 },
      ]);
    });

    test.each(['x', '', 'MjAyNi0xMS0yM1QxMjowMDowMC4wMDBa'])(
      'the cursor %j, which no page gave out, is refused',
      async (cursor) => {
        const page = world.messageArchive.find({}, { cursor, limit: 2 });
        await expect(page).rejects.toMatchObject({ name: 'InvalidCursor' });
      },
    );
  });
}
