import { BATCH_BYTES, MessageBatch } from './message-batch';

const rowsIn = (jsonb: Buffer): unknown => JSON.parse(jsonb.subarray(1).toString());

describe('a batch of the message log', () => {
  test('is one array of its rows, or of any run of them', () => {
    const batch = new MessageBatch();
    const rows = [['a'], ['é€😀'], [], [1, null, 'c']];
    for (const row of rows) expect(batch.add(JSON.stringify(row))).toBe(true);
    expect(rowsIn(batch.parameter())).toEqual(rows);
    for (let from = 0; from <= 4; from++) {
      for (let to = from + 1; to <= 4; to++)
        expect(rowsIn(batch.parameter(from, to))).toEqual(rows.slice(from, to));
    }
  });

  test('goes on after it was looked at', () => {
    const batch = new MessageBatch();
    batch.add('["a"]');
    batch.parameter();
    batch.add('["b"]');
    expect(rowsIn(batch.parameter())).toEqual([['a'], ['b']]);
  });

  test('takes no row that might not fit, and loses none that it took', () => {
    const batch = new MessageBatch();
    const row = JSON.stringify(['€'.repeat(300)]);
    let taken = 0;
    while (batch.add(row)) taken++;
    expect(batch.size).toBe(taken);
    expect(taken).toBeGreaterThan(BATCH_BYTES / Buffer.byteLength(row) - 3);
    expect(rowsIn(batch.parameter())).toHaveLength(taken);
  });
});
