/**
 * Copies bytes into memory of their own. Node cuts small buffers out of slabs of 8 kB, and one of them that is kept holds
 * its whole slab: what is kept for longer than a message takes is copied, so that a bound on its bytes is a bound on
 * memory.
 */
export function ownBytes(bytes: Uint8Array): Buffer {
  const own = Buffer.allocUnsafeSlow(bytes.length);
  own.set(bytes);
  return own;
}
