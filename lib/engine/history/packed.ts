/** Numbers of one bucket share their upper bits. */
const bucketSize = 16_384;

/** The bucket that a message of this number is in. */
export function bucketOf(number: number): number {
  return Math.floor(number / bucketSize);
}

/**
 * Writes numbers in few bytes, in groups of the same moment: for each group how many ms after the first one it was, how
 * many numbers it has, and for each its distance from the one before. All are varints (seven bits in a byte, lowest
 * first; distances with their sign in the lowest bit), so that a message costs one byte where numbers follow each other.
 */
export class Packer {
  #bytes = Buffer.allocUnsafe(64);
  #length = 0;
  #last: number;

  /** @param bucket of the numbers; of numbers from anywhere 0 */
  constructor(bucket: number) {
    this.#last = bucket * bucketSize;
  }

  get length(): number {
    return this.#length;
  }

  /** Begins a group. @param ms after the first one */
  group(ms: number, count: number): void {
    this.#varint(Math.max(0, Math.round(ms)));
    this.#varint(count);
  }

  number(value: number): void {
    const distance = value - this.#last;
    this.#varint(distance >= 0 ? distance * 2 : -distance * 2 - 1);
    this.#last = value;
  }

  bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  #varint(value: number): void {
    if (this.#length + 8 > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(this.#bytes.length * 2);
      this.#bytes.copy(larger, 0, 0, this.#length);
      this.#bytes = larger;
    }
    let rest = value;
    while (rest >= 0x80) {
      this.#bytes[this.#length++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.#length++] = rest;
  }
}

/** Packs numbers of one moment. */
export function pack(bucket: number, numbers: readonly number[]): Buffer {
  const packer = new Packer(bucket);
  packer.group(0, numbers.length);
  for (const number of numbers) packer.number(number);
  return packer.bytes();
}

/** What was packed, in the order in which it was. */
export function* unpacked(bucket: number, bytes: Buffer): Generator<{ readonly ms: number; readonly number: number }> {
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let factor = 1; ; factor *= 0x80) {
      const byte = bytes[at++];
      if (byte === undefined) throw new Error("packed numbers end in the middle");
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  };
  let last = bucket * bucketSize;
  while (at < bytes.length) {
    const ms = varint();
    for (let count = varint(); count > 0; count--) {
      const distance = varint();
      last += distance % 2 === 0 ? distance / 2 : -(distance + 1) / 2;
      yield { ms, number: last };
    }
  }
}
