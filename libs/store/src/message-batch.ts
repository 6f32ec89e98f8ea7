import { type MessageRow } from '@app/hub';
import { type Cells, cellsOf } from './message-rows';

/** Of a thousand usual rows. */
const USUAL_BYTES = 512 * 1024;
/** Spec: PostgreSQL, jsonb_recv: the binary form of `jsonb` is its version and the text. */
const JSONB_VERSION = 1;
/** What UTF-8 makes of one unit of a JavaScript string at most. */
const MOST_BYTES_OF_UNIT = 3;
const [OPEN, COMMA, CLOSE] = [0x5b, 0x2c, 0x5d]; // [ , ]

/**
 * Rows of the message log that are written together, as the parameter of one statement. Its memory is used again and
 * again: memory that is new for each batch outlives the garbage collector's young generation, and the collections of
 * the old one that this brings about stop the process for milliseconds.
 */
export class MessageBatch {
  private rows = 0;
  private bytes = Buffer.allocUnsafeSlow(USUAL_BYTES);
  private end = 0;

  constructor() {
    this.clear();
  }

  get count(): number {
    return this.rows;
  }

  /** The bytes of the parameter, valid until the batch is changed. */
  get parameter(): Buffer {
    this.bytes[this.end] = CLOSE;
    return this.bytes.subarray(0, this.end + 1);
  }

  /** The cells of its rows again, for the few times that a batch has to be taken apart. */
  get cells(): readonly Cells[] {
    return JSON.parse(this.parameter.toString('utf8', 1)) as readonly Cells[];
  }

  /** Gives rows their ids and takes them in: however often they are written from here on, they are the same rows. */
  add(rows: readonly MessageRow[]): void {
    this.addCells(rows.map(cellsOf));
  }

  /** The same of rows that have their ids. */
  addCells(cells: readonly Cells[]): void {
    const text = JSON.stringify(cells);
    this.makeRoom(text.length * MOST_BYTES_OF_UNIT);
    // The bracket that opens the text falls on the end of what is there, and becomes what joins the two.
    const { end } = this;
    this.end += this.bytes.write(text, end) - 1;
    this.bytes[end] = this.rows === 0 ? OPEN : COMMA;
    this.rows += cells.length;
  }

  /** Forgets its rows. */
  clear(): void {
    this.rows = 0;
    this.bytes[0] = JSONB_VERSION;
    this.bytes[1] = OPEN;
    this.end = 1;
  }

  private makeRoom(more: number): void {
    const needed = this.end + more;
    if (needed <= this.bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.bytes.length));
    this.bytes.copy(larger, 0, 0, this.end);
    this.bytes = larger;
  }
}

/** A batch of rows that have their ids. */
export function batchOf(cells: readonly Cells[]): MessageBatch {
  const batch = new MessageBatch();
  batch.addCells(cells);
  return batch;
}
