/**
 * Rows of the message log on their way to the database, kept as the bytes that will be sent: what is no object any
 * more is nothing for the garbage collector to walk and copy, which for rows that wait cost more than their writing.
 */

/** At 430 bytes of JSON a row, 600 rows. */
export const BATCH_BYTES = 256 * 1024;
/** The version that PostgreSQL's binary form of `jsonb` begins with. */
const JSONB_VERSION = Buffer.from([1]);
/** A UTF-16 unit takes three bytes of UTF-8 at most. */
const MAX_BYTES_PER_UNIT = 3;
const COMMA = 0x2c;
const OPEN = 0x5b;
const CLOSE = Buffer.from(']');

export class MessageBatch {
  private readonly bytes = Buffer.allocUnsafeSlow(BATCH_BYTES);
  /** Where each row ends; it begins with its comma where the one before it ends. */
  private readonly ends: number[] = [];

  get size(): number {
    return this.ends.length;
  }

  /** @returns false when there is no room left for this row */
  add(json: string): boolean {
    const start = this.endOf(this.size);
    if (start + 1 + json.length * MAX_BYTES_PER_UNIT > BATCH_BYTES) return false;
    this.bytes[start] = COMMA;
    this.ends.push(start + 1 + this.bytes.write(json, start + 1));
    return true;
  }

  /** The rows from one up to another, as a parameter of type `jsonb`: an array of rows. */
  parameter(from = 0, to = this.size): Buffer {
    const rows = this.bytes.subarray(this.endOf(from), this.endOf(to));
    const parameter = Buffer.concat([JSONB_VERSION, rows, CLOSE]);
    parameter[JSONB_VERSION.length] = OPEN;
    return parameter;
  }

  private endOf(rows: number): number {
    return rows === 0 ? 0 : this.ends[rows - 1]!;
  }
}
