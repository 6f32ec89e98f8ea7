/** Rows in the binary form of COPY: what PostgreSQL reads with the least work. */

/** Spec: PostgreSQL, COPY, "Binary Format": the signature, no flags, no extension. */
const HEADER = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
/** In the place of a row's number of cells. */
const TRAILER = Buffer.from([0xff, 0xff]);
/** The length of a cell that is NULL. */
const NULL = -1;
/** PostgreSQL counts time from 2000-01-01, in µs. */
const EPOCH_MS = Date.UTC(2000, 0, 1);
const MOST_BYTES_OF_UNIT = 3;
const TWO_32 = 2 ** 32;
const [ASCII_END, DASH] = [0x80, 0x2d];
const FIRST_BYTES = 16 * 1024;

/**
 * Writes cell after cell of row after row. Its memory grows as needed and is used again after `clear`: memory that is
 * new each time outlives the garbage collector's young generation, and the collections of the old one that this brings
 * about stop the process for milliseconds.
 *
 * Nothing here throws. A number that its type cannot hold becomes NULL.
 */
export class CopyBytes {
  private bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
  private end = HEADER.copy(this.bytes);
  private rowStarts: number[] = [];

  get rows(): number {
    return this.rowStarts.length;
  }

  /** The memory that it holds, in bytes. */
  get heldBytes(): number {
    return this.bytes.length;
  }

  /** All that COPY is sent, valid until something is changed. */
  get whole(): Buffer {
    this.makeRoom(TRAILER.length);
    TRAILER.copy(this.bytes, this.end);
    return this.bytes.subarray(0, this.end + TRAILER.length);
  }

  /** The bytes of one row's cells, each behind its length. */
  cellsOf(row: number): Buffer {
    return this.bytes.subarray(this.rowStarts[row]! + 2, this.rowStarts[row + 1] ?? this.end);
  }

  /** The same rows, from one up to, but without, another, in memory of their own. */
  slice(from: number, to: number): CopyBytes {
    const part = new CopyBytes();
    const start = this.rowStarts[from] ?? this.end;
    const bytes = this.bytes.subarray(start, this.rowStarts[to] ?? this.end);
    part.rowStarts = this.rowStarts.slice(from, to).map((at) => at - start + part.end);
    part.makeRoom(bytes.length);
    part.end += bytes.copy(part.bytes, part.end);
    return part;
  }

  /** Forgets its rows. */
  clear(): void {
    this.end = HEADER.length;
    this.rowStarts = [];
  }

  /** Begins a row of so many cells. */
  row(cells: number): void {
    this.makeRoom(2);
    this.rowStarts.push(this.end);
    this.bytes[this.end++] = cells >> 8;
    this.bytes[this.end++] = cells;
  }

  text(value: string | null): void {
    if (value === null) return this.nothing();
    this.makeRoom(4 + value.length * MOST_BYTES_OF_UNIT);
    const { bytes, end } = this;
    let at = end + 4;
    for (let unit = 0; unit < value.length; unit++) {
      const code = value.charCodeAt(unit);
      if (code >= ASCII_END) {
        at = end + 4 + bytes.write(value, end + 4);
        break;
      }
      bytes[at++] = code;
    }
    this.uint32(at - end - 4);
    this.end = at;
  }

  /** @param value in the canonical form */
  uuid(value: string | null): void {
    if (value === null) return this.nothing();
    this.cell(16);
    for (let at = 0; at < value.length; at += 2) {
      if (value.charCodeAt(at) === DASH) at++;
      this.bytes[this.end++] = (digitAt(value, at) << 4) | digitAt(value, at + 1);
    }
  }

  /** Exact until the year 2285, where a double no longer holds the microseconds. */
  timestamp(value: Date): void {
    const microseconds = (value.getTime() - EPOCH_MS) * 1_000;
    this.cell(8);
    this.uint32(Math.floor(microseconds / TWO_32));
    this.uint32(microseconds);
  }

  integer(value: number | null): void {
    if (value === null || (value | 0) !== value) return this.nothing();
    this.cell(4);
    this.uint32(value);
  }

  double(value: number): void {
    if (!Number.isFinite(value)) return this.nothing();
    this.cell(8);
    this.end = this.bytes.writeDoubleBE(value, this.end);
  }

  boolean(value: boolean): void {
    this.cell(1);
    this.bytes[this.end++] = value ? 1 : 0;
  }

  private nothing(): void {
    this.makeRoom(4);
    this.uint32(NULL);
  }

  private cell(length: number): void {
    this.makeRoom(4 + length);
    this.uint32(length);
  }

  /** The lowest 32 bits of an integer, the highest first. */
  private uint32(value: number): void {
    const { bytes } = this;
    bytes[this.end++] = value >>> 24;
    bytes[this.end++] = value >>> 16;
    bytes[this.end++] = value >>> 8;
    bytes[this.end++] = value;
  }

  private makeRoom(more: number): void {
    const needed = this.end + more;
    if (needed <= this.bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.bytes.length));
    this.bytes.copy(larger, 0, 0, this.end);
    this.bytes = larger;
  }
}

/** The time that a cell holds. @param cell with its length before it */
export function readTimestamp(cell: Buffer): Date {
  return new Date(EPOCH_MS + Number(cell.readBigInt64BE(4)) / 1_000);
}

/** The value of a hexadecimal digit. */
function digitAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return (code & 0xf) + (code >> 6) * 9;
}
