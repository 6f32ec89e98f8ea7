import { type Store } from '@app/store';
import { eventually, messageLogBehaviour, messageRow, TcpGate } from '@app/testkit';
import { Pool } from 'pg';
import { freshDatabase, type FreshDatabase } from '../../../test/support/database';
import { emptied, KeptLog, sql, storeOn } from '../../../test/support/store';
import { CopyBytes } from './copy-bytes';
import { BatchedMessageLog } from './message-log';
import { momentsOf, writeRow } from './message-rows';
import { writeMessages } from './message-writer';

let database: FreshDatabase;
beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.drop());

messageLogBehaviour('PostgreSQL', async () => {
  const { messageLog, messageArchive, close } = await storeOnEmptied();
  return { messageLog, messageArchive, end: close };
});

async function storeOnEmptied(): Promise<Pick<Store, 'messageLog' | 'messageArchive' | 'close'>> {
  await emptied(database.url);
  const store = await storeOn(database.url);
  const { messageLog, messageArchive } = store;
  return { messageLog, messageArchive, close: () => store.close() };
}

async function countOf(correlationId: string): Promise<number> {
  const text = 'SELECT count(*)::int AS count FROM messages WHERE correlation_id = $1';
  return (await sql<{ count: number }>(database.url, text, [correlationId]))[0]!.count;
}

describe('the message log on PostgreSQL', () => {
  test('stopping writes what is still in memory', async () => {
    const { messageLog, close } = await storeOnEmptied();
    for (let n = 0; n < 2_500; n++) messageLog.record(messageRow({ correlationId: 'stop' }));
    await close();
    expect(await countOf('stop')).toBe(2_500);
    expect(messageLog.dropped).toBe(0);
  });

  test('ids of any script and length come back as they were, also from a batch that outgrows its memory', async () => {
    const { messageLog, messageArchive, close } = await storeOnEmptied();
    const ids = Array.from({ length: 1_500 }, (_, n) => `${'漢é"\\'.repeat(20)}${'漢'.repeat(600)}${n}`);
    for (const requestId of ids) messageLog.record(messageRow({ correlationId: 'long', requestId }));
    await eventually(async () => (await countOf('long')) === ids.length);
    const { messages } = await messageArchive.trace('long', ids.length);
    expect(new Set(messages.map(({ requestId }) => requestId))).toEqual(new Set(ids));
    await close();
  });

  test('a row that the database refuses is counted, and holds up no other', async () => {
    const { messageLog, close } = await storeOnEmptied();
    for (let n = 0; n < 20; n++) {
      messageLog.record(
        messageRow({ correlationId: 'odd', requestId: n === 7 || n === 8 ? 'a\u0000b' : 'ok' }),
      );
    }
    messageLog.record(messageRow({ correlationId: 'odd', durationMs: Number.NaN }));
    await close();
    expect(await countOf('odd')).toBe(18);
    expect(messageLog.dropped).toBe(3);
  });

  test('a day without a partition gets one when a message of that day comes', async () => {
    const { messageLog, close } = await storeOnEmptied();
    const days = ['2031-03-01T23:59:59.999Z', '2031-03-02T00:00:00.000Z', new Date().toISOString()];
    for (const day of days) messageLog.record(messageRow({ correlationId: 'days', at: new Date(day) }));
    await close();
    expect(await countOf('days')).toBe(3);
    expect(await partitions()).toEqual(expect.arrayContaining(['messages_20310301', 'messages_20310302']));
    await sql(database.url, 'DROP TABLE messages_20310301, messages_20310302');
  });

  test('partitions are made ahead and kept for MESSAGE_LOG_DAYS, by many processes at once', async () => {
    const day = (offset: number): string =>
      new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10).replaceAll('-', '');
    const range = (offset: number): string =>
      `FOR VALUES FROM ('${day(offset)} 00:00:00+00') TO ('${day(offset + 1)} 00:00:00+00')`;
    for (const old of [-30, -31, -400]) {
      await sql(database.url, `CREATE TABLE messages_${day(old)} PARTITION OF messages ${range(old)}`);
    }
    const stores = await Promise.all([1, 2, 3].map(() => storeOn(database.url)));
    const expected = [-30, 0, 1, 2, 3].map((offset) => `messages_${day(offset)}`);
    await eventually(async () => JSON.stringify(await partitions()) === JSON.stringify(expected));
    await Promise.all(stores.map((store) => store.close()));
  });
});

async function partitions(): Promise<string[]> {
  const text =
    "SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relname ~ '^messages_' ORDER BY 1";
  return (await sql<{ name: string }>(database.url, text)).map(({ name }) => name);
}

describe('the message log, when PostgreSQL is gone', () => {
  test('holds nobody up and writes everything when PostgreSQL is back, each row once', async () => {
    await emptied(database.url);
    const gate = await TcpGate.before(database.url);
    const log = new KeptLog();
    const store = await storeOn(gate.url, log);
    const { messageLog } = store;
    gate.shut();
    const started = performance.now();
    for (let n = 0; n < 10_000; n++) messageLog.record(messageRow({ correlationId: 'outage' }));
    expect(performance.now() - started).toBeLessThan(5_000);
    await eventually(() => log.lines.some((line) => line.includes('cannot be written')));
    gate.open();
    await eventually(async () => (await countOf('outage')) === 10_000);
    expect(messageLog.dropped).toBe(0);
    await store.close();
    await gate.close();
  });

  test('a stop does not wait for it for long, and says how much was lost', async () => {
    const gate = await TcpGate.before(database.url);
    const log = new KeptLog();
    const store = await storeOn(gate.url, log);
    const { messageLog } = store;
    gate.freeze();
    for (let n = 0; n < 1_500; n++) messageLog.record(messageRow());
    const started = performance.now();
    await store.close();
    expect(performance.now() - started).toBeLessThan(8_000);
    expect(messageLog.dropped).toBe(1_500);
    expect(log.lines.join()).toContain('"rows":1500');
    await gate.close();
  });
});

const idsOf = (batch: CopyBytes): string[] =>
  Array.from({ length: batch.rows }, (_, row) => batch.cellsOf(row).toString('hex', 16, 32));

describe('a batch of the message log', () => {
  test('that was written before, whole or in part, is not written twice', async () => {
    await emptied(database.url);
    const pool = new Pool({ connectionString: database.url });
    const batch = new CopyBytes();
    for (let n = 0; n < 3; n++) writeRow(batch, messageRow({ correlationId: 'again' }));
    expect(await writeMessages(pool, batch)).toBe(0);
    expect(await writeMessages(pool, batch)).toBe(0);
    expect(await countOf('again')).toBe(3);
    writeRow(batch, messageRow({ correlationId: 'again' }));
    expect(await writeMessages(pool, batch)).toBe(0);
    await pool.end();
    expect(await countOf('again')).toBe(4);
  });
});

describe('the buffer of the message log', () => {
  test('takes no more than its limit, drops the newest and counts them', async () => {
    const written: number[] = [];
    let back: () => void = () => undefined;
    const gone = new Promise<void>((resolve) => (back = resolve));
    const write = async (batch: CopyBytes): Promise<number> => {
      await gone;
      written.push(...momentsOf(batch).map((at) => at.getTime()));
      return 0;
    };
    const messages = new BatchedMessageLog(write, new KeptLog(), 1_500);
    for (let n = 0; n < 2_000; n++) messages.record(messageRow({ at: new Date(n) }));
    expect(messages.dropped).toBe(500);
    back();
    await messages.close();
    expect(written).toEqual(Array.from({ length: 1_500 }, (_, n) => n));
  });

  test('has one batch under way at a time, and writes a failed one again under the same ids', async () => {
    const tries: string[][] = [];
    let underWay = 0;
    let most = 0;
    const write = async (batch: CopyBytes): Promise<number> => {
      most = Math.max(most, ++underWay);
      await new Promise((resolve) => setTimeout(resolve, 5));
      underWay--;
      tries.push(idsOf(batch));
      if (tries.length === 1) throw new Error('gone');
      return 0;
    };
    const messages = new BatchedMessageLog(write, new KeptLog());
    for (let n = 0; n < 3_500; n++) messages.record(messageRow());
    await eventually(() => tries.flat().length === 4_500);
    expect(tries[1]).toEqual(tries[0]);
    expect(new Set(tries.flat()).size).toBe(3_500);
    expect(most).toBe(1);
    await messages.close();
  });

  test('counts what comes after the stop', async () => {
    const messages = new BatchedMessageLog(async () => 0, new KeptLog());
    await messages.close();
    messages.record(messageRow());
    expect(messages.dropped).toBe(1);
  });
});
