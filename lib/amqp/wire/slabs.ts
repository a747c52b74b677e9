/** Of one slab, in bytes. */
export const slabSize = 65536;
const mostKept = 128;

const free: Buffer[] = [];

/**
 * Memory for the frames of one connection that go out: slabs of one size, used again by whoever needs one when the socket
 * has taken what was in them. Node's garbage collector goes by how much memory outside its heap is asked for, and large
 * bodies are copied between the heads of small frames.
 */
export class Slabs {
  #spent: Buffer[] = [];

  /** With whatever is in it. */
  take(): Buffer {
    return free.pop() ?? Buffer.allocUnsafeSlow(slabSize);
  }

  /** Nothing more is written to it; what was, is still to be sent. */
  spend(slab: Buffer): void {
    this.#spent.push(slab);
  }

  /** Those that were spent since the last call: to be given back when everything written so far has been sent. */
  takeSpent(): readonly Buffer[] {
    const spent = this.#spent;
    if (spent.length > 0) this.#spent = [];
    return spent;
  }
}

/** Nobody reads from these slabs any more. */
export function giveBack(slabs: readonly Buffer[]): void {
  for (const slab of slabs) if (slab.length === slabSize && free.length < mostKept) free.push(slab);
}
