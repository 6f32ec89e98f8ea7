/** What is written for COPY is what PostgreSQL reads. */
import { finished } from 'node:stream/promises';
import fc from 'fast-check';
import { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { freshDatabase, type FreshDatabase } from '../../../test/support/database';
import { CopyBytes } from './copy-bytes';

interface Row {
  readonly t: string | null;
  readonly u: string | null;
  readonly at: Date;
  readonly i: number | null;
  readonly d: number;
  readonly b: boolean;
}

const rows = fc.array(
  fc.record<Row>({
    t: fc.option(
      fc.string({ unit: 'grapheme', maxLength: 300 }).map((text) => text.replaceAll('\0', '')),
      { nil: null },
    ),
    u: fc.option(fc.uuid(), { nil: null }),
    at: fc.date({ min: new Date('1970-01-01'), max: new Date('2285-01-01'), noInvalidDate: true }),
    i: fc.option(fc.integer(), { nil: null }),
    d: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
    b: fc.boolean(),
  }),
  { minLength: 1, maxLength: 300 },
);

let database: FreshDatabase;
let client: Client;
beforeAll(async () => {
  database = await freshDatabase();
  client = new Client({ connectionString: database.url });
  await client.connect();
  await client.query(
    'CREATE TEMP TABLE given (n serial, t text, u uuid, at timestamptz, i integer, d float8, b boolean)',
  );
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

function write(bytes: CopyBytes, { t, u, at, i, d, b }: Row): void {
  bytes.row(6);
  bytes.text(t);
  bytes.uuid(u);
  bytes.timestamp(at);
  bytes.integer(i);
  bytes.double(d);
  bytes.boolean(b);
}

async function read(bytes: CopyBytes): Promise<Row[]> {
  await client.query('TRUNCATE given RESTART IDENTITY');
  await finished(
    client.query(copyFrom('COPY given (t, u, at, i, d, b) FROM STDIN (FORMAT binary)')).end(bytes.whole),
  );
  return (await client.query<Row>('SELECT t, u, at, i, d, b FROM given ORDER BY n')).rows;
}

test('values of every type come back as they were, also from memory that was used before', async () => {
  const bytes = new CopyBytes();
  await fc.assert(
    fc.asyncProperty(rows, async (given) => {
      bytes.clear();
      for (const row of given) write(bytes, row);
      expect(bytes.rows).toBe(given.length);
      expect(await read(bytes)).toEqual(given);
    }),
    { numRuns: 30 },
  );
});

test('a part has the rows of its place and no others', async () => {
  await fc.assert(
    fc.asyncProperty(rows, fc.nat(300), fc.nat(300), async (given, from, to) => {
      const bytes = new CopyBytes();
      for (const row of given) write(bytes, row);
      const part = bytes.slice(from, to);
      expect(await read(part)).toEqual(given.slice(from, to));
      expect(part.rows).toBe(given.slice(from, to).length);
    }),
    { numRuns: 30 },
  );
});

test('a number that its type cannot hold is NULL', async () => {
  const bytes = new CopyBytes();
  for (const [i, d] of [
    [2 ** 31, NaN],
    [0.5, Infinity],
    [NaN, -Infinity],
  ] as const) {
    write(bytes, { t: '', u: null, at: new Date(0), i, d, b: false });
  }
  for (const row of await read(bytes)) expect([row.i, row.d]).toEqual([null, null]);
});
