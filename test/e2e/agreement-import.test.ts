/** Many agreements at once: what an import does row by row, and what its dry run says of it. */
import { type AdminUnderTest, adminUnderTest, fieldsOf, UUID } from '../support/admin-api';
import { sql } from '../support/store';

let admin: AdminUnderTest;
beforeAll(async () => {
  admin = await adminUnderTest();
});
afterAll(() => admin?.close());
afterEach(() => sql(admin.settings.databaseUrl, 'TRUNCATE agreements'));

const cpo = { country_code: 'NL', party_id: 'CPO' };
const msp = { country_code: 'DE', party_id: 'MSP' };
const simple = { from: cpo, to: msp, modules: ['*'], effect: 'allow' };
const csv = (text: string, query = '') =>
  admin.post(`/agreements/import${query}`).type('text/csv').send(text);
const json = (rows: unknown, query = '') => admin.post(`/agreements/import${query}`, rows as object);
const count = async (): Promise<number> => ((await admin.get('/agreements')).body.data as object[]).length;
const COUNTS = { dry_run: false, added: 0, unchanged: 0, duplicates: 0, faulty: 0, rows_left_out: 0 };
const NOTHING = { ...COUNTS, rows: [] };
const HEADER = 'from,to,modules,effect,both_ways,valid_from,valid_until,note\n';
const THREE =
  HEADER +
  'NL*CPO/CPO,de-msp,locations tariffs,allow,false,2026-01-01T00:00:00Z,,"One, with a comma"\r\n' +
  '*,FR*XYZ,*,deny,,,,\n\n' +
  'NL*CPO,DE*MSP,cdrs;sessions,allow,TRUE,,2027-01-01T00:00:00Z,\n';

test('tells in a dry run what it would do, then does it, and the second time finds nothing to do', async () => {
  const lines = [2, 3, 5].map((line, at) => ({ row: at + 1, line }));
  const added = { ...NOTHING, added: 3, rows: lines.map((place) => ({ ...place, outcome: 'add' })) };
  const dry = await csv(THREE, '?dry_run=true').expect(200);
  expect(dry.body).toEqual({ ...added, dry_run: true });
  expect(await count()).toBe(0);
  const { body: real } = await csv(THREE, '?dry_run=false').expect(200);
  expect(real).toEqual({ ...added, rows: added.rows.map((row) => ({ ...row, id: UUID })) });
  const there = (real.rows as object[]).map((row) => ({ ...row, outcome: 'unchanged' }));
  expect((await csv(THREE)).body).toEqual({ ...NOTHING, unchanged: 3, rows: there });
  for (const { id } of real.rows as { id: string }[]) await admin.get(`/agreements/${id}`).expect(200);
  const { body } = await admin.get('/agreements');
  expect(body.data).toHaveLength(3);
  expect(body.data).toEqual(
    expect.arrayContaining([
      {
        ...{
          id: UUID,
          from: { ...cpo, role: 'CPO' },
          to: msp,
          modules: ['locations', 'tariffs'],
          effect: 'allow',
        },
        ...{ both_ways: false, valid_from: '2026-01-01T00:00:00.000Z', note: 'One, with a comma' },
      },
      {
        ...{ id: UUID, from: '*', to: { country_code: 'FR', party_id: 'XYZ' }, modules: ['*'] },
        ...{ effect: 'deny', both_ways: true },
      },
      {
        ...{ id: UUID, from: cpo, to: msp, modules: ['cdrs', 'sessions'], effect: 'allow' },
        ...{ both_ways: true, valid_until: '2027-01-01T00:00:00.000Z' },
      },
    ]),
  );
});

test('names the line of each row as an editor counts it, whatever ends the lines', async () => {
  const row = (module: string, note: string): string => `NL*CPO,*,${module},deny,,,,${note}`;
  const text = `\uFEFF${HEADER}${row('a', 'x')}\r\n\r\n${row('b', '"two\r\nlines"')}\r\n${row('c', '')}\r${row('d', '')}`;
  const { body } = await csv(text, '?dry_run=true').expect(200);
  const listed = body.rows as { line: number; outcome: string }[];
  expect(listed.map(({ line, outcome }) => `${line} ${outcome}`)).toEqual([
    ...['2 add', '5 fault', '6 add', '7 add'],
  ]);
});

test('takes the same as JSON, where what the list of agreements shows can be sent back without ids', async () => {
  const { body: first } = await json([simple, { ...simple, modules: ['cdrs'] }]).expect(200);
  const again = await json([simple, { ...simple, modules: ['tokens'] }], '?dry_run=true').expect(200);
  const { id } = first.rows[0] as { id: string };
  const rows = [
    { row: 1, outcome: 'unchanged', id },
    { row: 2, outcome: 'add' },
  ];
  expect(again.body).toEqual({ ...NOTHING, dry_run: true, added: 1, unchanged: 1, rows });
});

test('takes a list again after one of its agreements ended, which no longer could be made by itself', async () => {
  const ended = { ...simple, valid_until: '2026-01-02T00:00:00Z' };
  const { body } = await json([ended, simple]).expect(200);
  expect(body).toMatchObject({ added: 2, faulty: 0 });
  expect((await json([ended, simple]).expect(200)).body).toMatchObject({ added: 0, unchanged: 2 });
});

test('tells of a row that says the same as an earlier one which one that is', async () => {
  const turned = { ...simple, from: msp, to: cpo, note: 'turned' };
  const given = [{ ...simple, effect: 'perhaps' }, simple, turned];
  const { body: dry } = await json(given, '?dry_run=true').expect(200);
  expect(dry.rows.slice(1)).toEqual([
    { row: 2, outcome: 'add' },
    { row: 3, outcome: 'duplicate', same_as_row: 2 },
  ]);
  expect(dry).toMatchObject({ added: 1, unchanged: 0, duplicates: 1, faulty: 1 });
  const { body: real } = await json(given.slice(1)).expect(200);
  expect(real.rows[1]).toEqual({ row: 2, outcome: 'duplicate', same_as_row: 1 });
  expect(await count()).toBe(1);
});

test('lists 1,000 rows of a long import, those at fault before all others, and counts all', async () => {
  const rows: object[] = Array.from({ length: 1_500 }, (_, n) => ({ ...simple, modules: [`m${n}`] }));
  rows[1_400] = { ...simple, modules: [] };
  rows[1_499] = Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`unknown${n}`, 1]));
  const { body } = await json(rows, '?dry_run=true').expect(200);
  expect(body).toMatchObject({ added: 1_498, faulty: 2, rows_left_out: 500 });
  const listed = body.rows as { row: number; outcome: string; faults?: object[] }[];
  expect(listed.map(({ row }) => row)).toEqual([
    ...Array.from({ length: 998 }, (_, n) => n + 1),
    1_401,
    1_500,
  ]);
  expect(listed.slice(-2).map(({ outcome, faults }) => [outcome, faults?.length])).toEqual([
    ['fault', 1],
    ['fault', 10],
  ]);
});

test('names every row and field at fault in a dry run, and imports nothing while there is any', async () => {
  const text =
    HEADER + 'NL*CPO,DE*MSP,cdrs,allow,,,,\nNLCPO,DE*MSP,,perhaps,maybe,,,\nNL*CPO,DE*MSP/cpo,*,deny,,,,\n';
  const dry = await csv(text, '?dry_run=true').expect(200);
  const { rows, ...counted } = dry.body as { rows: { faults?: { field: string; message: string }[] }[] };
  expect(counted).toEqual({ ...COUNTS, dry_run: true, added: 1, faulty: 2 });
  expect(rows.map(({ faults, ...row }) => [row, faults?.map(({ field }) => field).sort()])).toEqual([
    [{ row: 1, line: 2, outcome: 'add' }, undefined],
    [{ row: 2, line: 3, outcome: 'fault' }, ['both_ways', 'effect', 'from', 'modules']],
    [{ row: 3, line: 4, outcome: 'fault' }, ['to']],
  ]);
  expect(rows[2]!.faults![0]!.message).toContain('NL*TNM/CPO');
  const real = await csv(text);
  expect([real.status, real.body.code]).toEqual([400, 'invalid_input']);
  expect(fieldsOf(real)).toContain('row 3: to');
  expect(await count()).toBe(0);
});

test.each<[string, string]>([
  ['from,to,effect\n', 'lacks modules'],
  [`colour,${HEADER}`, 'has colour'],
  [`${HEADER}*,*\n`, 'CSV: '],
  [`${HEADER}*,"*\n`, 'CSV: '],
  [`${HEADER}*,*,*,deny,,,,${'x'.repeat(9000)}\n`, 'CSV: '],
  ['', 'body must be'],
])('refuses the CSV %j, which %s', async (text, reason) => {
  const answer = await csv(text);
  expect([answer.status, fieldsOf(answer)]).toEqual([400, ['body']]);
  expect(answer.body.details[0].message).toContain(reason);
});

test('refuses what is no list, too long a list, another media type and an unclear dry_run', async () => {
  for (const body of [simple, 'from,to', null]) {
    const answer = await admin.post('/agreements/import').type('application/json').send(JSON.stringify(body));
    expect([answer.status, fieldsOf(answer)]).toEqual([400, ['body']]);
  }
  const long = await json(Array.from({ length: 10_001 }, () => 7));
  expect([long.status, fieldsOf(long)]).toEqual([400, ['body']]);
  await admin.post('/agreements/import').type('text/xml').send('<a/>').expect(415);
  await admin.post('/agreements').type('text/csv').send(HEADER).expect(415);
  const unclear = await json([], '?dry_run=perhaps');
  expect([unclear.status, fieldsOf(unclear)]).toEqual([400, ['dry_run']]);
  expect(fieldsOf(await json([7, null]))).toEqual(['row 1: body', 'row 2: body']);
});
