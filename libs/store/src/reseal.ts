/** After a change of ENCRYPTION_KEY: what was sealed with an older key is sealed with the new one. */
import { type Log } from '@app/hub';
import { type DataSource } from 'typeorm';
import { type Seal } from './seal';
import { tlsKeyContext } from './tls-columns';
import { inTransaction } from './transaction';

/** Rows at a time: the largest are captured messages, of which so many are tens of megabytes at worst. */
const PAGE = 50;

/** A column of sealed values, and what they are bound to. */
interface SealedColumn {
  readonly table: string;
  readonly column: string;
  /** The primary key, and its type. */
  readonly key: readonly [name: string, type: 'uuid' | 'text'];
  /** SQL: whom the value of row `t` belongs to. */
  readonly owner: string;
  readonly context: (owner: string) => string;
}

const itself = (owner: string): string => owner;

/** Everything that `Seal` closes: a new user of it gets a row here. */
const SEALED: readonly SealedColumn[] = [
  { table: 'platforms', column: 'peer_token', key: ['id', 'uuid'], owner: 't.id', context: itself },
  { table: 'platforms', column: 'tls_key', key: ['id', 'uuid'], owner: 't.id', context: tlsKeyContext },
  { table: 'idempotency_keys', column: 'answer', key: ['key', 'text'], owner: 't.key', context: itself },
  {
    ...{ table: 'captured_messages', column: 'sealed', key: ['id', 'uuid'], context: itself },
    owner: '(SELECT platform_id FROM captures WHERE captures.id = t.capture_id)',
  },
];

interface SealedRow {
  readonly key: string;
  readonly owner: string;
  readonly sealed: Buffer;
}

interface Tally {
  resealed: number;
  unopened: number;
}

/**
 * Seals anew whatever is sealed with a previous key, and logs how much it was. Any number of processes may do it at
 * once, and go on working: a value that changed since it was read is left as it is.
 */
export async function reseal(dataSource: DataSource, seal: Seal, log: Log): Promise<void> {
  const tally: Tally = { resealed: 0, unopened: 0 };
  for (const column of SEALED) await resealColumn(dataSource, seal, column, tally);
  const { resealed, unopened } = tally;
  if (unopened > 0)
    log.warn(
      { unopened },
      'sealed values that neither ENCRYPTION_KEY nor a previous key opens are left as they are',
    );
  if (resealed > 0) log.info({ resealed }, 'sealed anew with ENCRYPTION_KEY what a previous key had sealed');
  else
    log.info(
      {},
      'nothing is left under ENCRYPTION_KEYS_PREVIOUS: once every process has the new key it can be taken away',
    );
}

async function resealColumn(
  dataSource: DataSource,
  seal: Seal,
  column: SealedColumn,
  tally: Tally,
): Promise<void> {
  let after: string | null = null;
  for (;;) {
    const page: SealedRow[] = await dataSource.query<SealedRow[]>(pageOf(column), [after, PAGE]);
    const renewed = page.flatMap((row) => renewedOf(seal, column, row, tally));
    if (renewed.length > 0) tally.resealed += await write(dataSource, column, renewed);
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    after = last.key;
  }
}

type Renewed = readonly [key: string, before: Buffer, after: Buffer];

function renewedOf(seal: Seal, { context }: SealedColumn, row: SealedRow, tally: Tally): Renewed[] {
  try {
    const after = seal.renew(row.sealed, context(row.owner));
    return after === null ? [] : [[row.key, row.sealed, after]];
  } catch {
    tally.unopened++;
    return [];
  }
}

function pageOf({ table, column, key: [key, type], owner }: SealedColumn): string {
  return `
    SELECT t.${key} AS key, ${owner} AS owner, t.${column} AS sealed FROM ${table} t
    WHERE t.${column} IS NOT NULL AND ($1::${type} IS NULL OR t.${key} > $1::${type})
    ORDER BY t.${key} LIMIT $2`;
}

/** @returns how many still were what they had been */
async function write(
  dataSource: DataSource,
  { table, column, key: [key, type] }: SealedColumn,
  renewed: readonly Renewed[],
): Promise<number> {
  const update = `
    UPDATE ${table} t SET ${column} = fresh.after
    FROM unnest($1::${type}[], $2::bytea[], $3::bytea[]) AS fresh (key, before, after)
    WHERE t.${key} = fresh.key AND t.${column} = fresh.before`;
  const values = [0, 1, 2].map((at) => renewed.map((one) => one[at]));
  const [, count] = await inTransaction(dataSource, (manager) =>
    manager.query<[unknown[], number]>(update, values),
  );
  return count;
}
