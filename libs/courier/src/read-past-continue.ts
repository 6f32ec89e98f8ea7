/**
 * Reads past a `100 Continue` that the hub did not ask for. undici ends the connection at one, and a client must take it
 * from servers that send it to everybody.
 *
 * Spec: RFC 9110, 15.2: a client must be able to parse interim responses, even if it does not expect one.
 */

/** The two methods by which undici and a socket speak. */
interface Wire {
  read(size?: number): Buffer | null;
  write(...args: never[]): boolean;
}

const STATUS_LINE = Buffer.from('HTTP/1.1 100');
const END_OF_HEAD = Buffer.from('\r\n\r\n');
/** A longer interim answer is handed to undici, which refuses it. */
const MAX_INTERIM_BYTES = 4_096;

/**
 * Has a connected socket leave out each `100 Continue` at the beginning of an answer. One request is under way at a time
 * on it, so the first bytes after something was written are the beginning of an answer.
 */
export function readPastContinue<T extends Wire>(socket: T): T {
  const read = socket.read.bind(socket);
  const write = socket.write.bind(socket);
  let isHeadDue = false;
  let held: Buffer = Buffer.alloc(0);
  socket.write = ((...args: never[]) => {
    isHeadDue = true;
    return write(...args);
  }) as T['write'];
  socket.read = ((size?: number): Buffer | null => {
    if (!isHeadDue) return read(size);
    for (;;) {
      const chunk = read(size);
      if (chunk === null) return null;
      held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
      const rest = withoutContinue(held);
      if (rest === undefined) continue;
      held = rest;
      if (rest.length === 0) continue;
      isHeadDue = false;
      held = Buffer.alloc(0);
      return rest;
    }
  }) as T['read'];
  return socket;
}

/** What follows the interim answers; `undefined` while it cannot be told yet. */
function withoutContinue(bytes: Buffer): Buffer | undefined {
  const start = bytes.subarray(0, STATUS_LINE.length);
  if (!start.equals(STATUS_LINE.subarray(0, start.length))) return bytes;
  const end = bytes.indexOf(END_OF_HEAD);
  if (end === -1) return bytes.length > MAX_INTERIM_BYTES ? bytes : undefined;
  const rest = bytes.subarray(end + END_OF_HEAD.length);
  return rest.length === 0 ? rest : withoutContinue(rest);
}
