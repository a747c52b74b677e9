/** Larger ones are made for one use, in bytes. */
const mostBytes = 1024 * 1024;
const leastBytes = 64 * 1024;
const mostKept = 4;

/**
 * Buffers in which parameters are put together, used again. Node's garbage collector goes by how much memory outside its
 * heap is asked for, and marks all of the heap each time: a new buffer for each flush was the largest part of its work.
 */
export class PackingSpace {
  readonly #free: Buffer[] = [];

  /** The first bytes of a buffer, with whatever is in them. They are the caller's until it gives them back, or for ever. */
  take(size: number): Buffer {
    const at = this.#free.findIndex(({ length }) => length >= size);
    const buffer = at >= 0 ? this.#free.splice(at, 1)[0] : undefined;
    return (buffer ?? Buffer.allocUnsafeSlow(roomFor(size))).subarray(0, size);
  }

  /** Only what `take` returned, once, and only when nobody can still read from it. */
  giveBack(part: Buffer): void {
    if (part.buffer.byteLength > mostBytes) return;
    this.#free.push(Buffer.from(part.buffer));
    // The newest fits what flows now.
    if (this.#free.length > mostKept) this.#free.shift();
  }
}

function roomFor(size: number): number {
  let room = leastBytes;
  while (room < size) room *= 2;
  return room > mostBytes ? size : room;
}
