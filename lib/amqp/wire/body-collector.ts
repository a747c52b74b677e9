/** Fragments shorter than this are copied together: a view of each would cost more memory than its bytes. */
const smallFragment = 4096;
const packSize = 65536;

/**
 * Gathers a body of known size from its frames. One that comes in a single frame is handed on as it is, without a
 * copy; memory follows what has arrived, not what was announced.
 */
export class BodyCollector {
  readonly #fragments: Buffer[] = [];
  #pack: Buffer | undefined;
  #packed = 0;
  #missing: number;

  /** @param size of the whole body, in bytes */
  constructor(size: number) {
    this.#missing = size;
  }

  /** Bytes that are still to come. */
  get missing(): number {
    return this.#missing;
  }

  /** Adds the next fragment, of at most `missing` bytes. */
  add(fragment: Buffer): void {
    const isWhole = this.#fragments.length === 0 && this.#pack === undefined && fragment.length === this.#missing;
    this.#missing -= fragment.length;
    if (isWhole || fragment.length >= smallFragment) {
      this.#closePack();
      this.#fragments.push(fragment);
      return;
    }
    if (this.#pack === undefined || this.#packed + fragment.length > this.#pack.length) {
      this.#closePack();
      this.#pack = Buffer.allocUnsafeSlow(Math.min(packSize, this.#missing + fragment.length));
    }
    this.#packed += fragment.copy(this.#pack, this.#packed);
  }

  /** The body as one piece. */
  bytes(): Buffer {
    this.#closePack();
    const [first] = this.#fragments;
    return first !== undefined && this.#fragments.length === 1 ? first : Buffer.concat(this.#fragments);
  }

  #closePack(): void {
    if (this.#pack === undefined) return;
    const used = this.#pack.subarray(0, this.#packed);
    // A pack that is closed early would hold on to memory that it has no use for.
    this.#fragments.push(this.#packed * 2 < this.#pack.length ? Buffer.from(used) : used);
    this.#pack = undefined;
    this.#packed = 0;
  }
}
