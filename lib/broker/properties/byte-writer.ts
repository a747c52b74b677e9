import { InvalidPropertyError } from "@/lib/broker/properties/errors";
import { type FieldTable, type FieldValue, integerRanges, maxNesting } from "@/lib/broker/properties/field-value";
import { bytesFromText } from "@/lib/broker/properties/text";

const maxSigned = 2n ** 63n - 1n;
const minSigned = -(2n ** 63n);
const maxUnsigned = 2n ** 64n - 1n;

/** Where a writer has its memory from, if not from Node: pieces of `initialSize` bytes. */
export interface WriterMemory {
  take(): Buffer;
  /** What was written to it was handed over, or copied to the next one. */
  spend(piece: Buffer): void;
}

/**
 * Appends AMQP's elementary types to a buffer that grows as needed. Values that the wire can't carry throw
 * InvalidPropertyError with the name of the field.
 */
export class ByteWriter {
  readonly #initialSize: number;
  readonly #memory: WriterMemory | undefined;
  #buffer: Buffer;
  /** Where what was not taken yet begins; positions given to callers count from here. */
  #start = 0;
  #end = 0;

  constructor(initialSize = 1024, memory?: WriterMemory) {
    this.#initialSize = initialSize;
    this.#memory = memory;
    this.#buffer = this.#room(initialSize);
  }

  /** Bytes written since the last `take` or `truncate(0)`. */
  get length(): number {
    return this.#end - this.#start;
  }

  /** Forgets what was written after the first `length` bytes; the memory is kept for the next use. */
  truncate(length: number): void {
    this.#end = this.#start + length;
  }

  /** A copy of what was written. */
  copy(): Buffer {
    return Buffer.from(this.#buffer.subarray(this.#start, this.#end));
  }

  /** Hands over what was written, without copying, and begins anew behind it. */
  take(): Buffer {
    const taken = this.#buffer.subarray(this.#start, this.#end);
    this.#start = this.#end;
    return taken;
  }

  octet(value: number): void {
    const at = this.#grow(1);
    this.#buffer[at] = value;
  }

  short(value: number): void {
    const at = this.#grow(2);
    this.#buffer[at] = value >>> 8;
    this.#buffer[at + 1] = value;
  }

  long(value: number): void {
    const at = this.#grow(4);
    this.#buffer.writeUInt32BE(value, at);
  }

  /** Unsigned 64-bit integer. */
  longlong(value: number | bigint, field: string): void {
    if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) {
      const at = this.#grow(8);
      this.#buffer.writeUInt32BE(Math.floor(value / 0x100000000), at);
      this.#buffer.writeUInt32BE(value % 0x100000000, at + 4);
      return;
    }
    const exact = exactInteger(value);
    if (exact === undefined || exact < 0n || exact > maxUnsigned) {
      throw new InvalidPropertyError(field, "must be an integer from 0 to 2^64 - 1");
    }
    const at = this.#grow(8);
    this.#buffer.writeBigUInt64BE(exact, at);
  }

  /** Overwrites the 32-bit integer at `at` (a former `length`), for lengths that are known only afterwards. */
  patchLong(at: number, value: number): void {
    this.#buffer.writeUInt32BE(value, this.#start + at);
  }

  bytes(value: Uint8Array): void {
    const at = this.#grow(value.length);
    this.#buffer.set(value, at);
  }

  /** At most 255 bytes of text, with its length in front. */
  shortString(text: string, field: string): void {
    // Three bytes per UTF-16 unit are the most that UTF-8 needs; short ASCII skips the intermediate buffer.
    if (text.length <= 127 && isAscii(text)) {
      const at = this.#grow(text.length + 1);
      this.#buffer[at] = text.length;
      this.#buffer.write(text, at + 1, text.length, "latin1");
      return;
    }
    const bytes = mustEncode(text, field);
    if (bytes.length > 255) throw new InvalidPropertyError(field, `is ${bytes.length} bytes long; 255 are allowed`);
    this.octet(bytes.length);
    this.bytes(bytes);
  }

  /** Long string or byte array, with its length in front. */
  longString(value: string | Uint8Array, field: string): void {
    const bytes = typeof value === "string" ? mustEncode(value, field) : value;
    this.long(bytes.length);
    this.bytes(bytes);
  }

  /** Field table with its length in front. `field` is its name in error messages. */
  table(table: FieldTable, field: string, depth = 0): void {
    const at = this.#openNested(field, depth);
    for (const [name, value] of table) {
      const path = `${field}.${name}`;
      this.shortString(name, path);
      this.fieldValue(value, path, depth + 1);
    }
    this.patchLong(at, this.length - at - 4);
  }

  /** One tagged value. */
  fieldValue(value: FieldValue, field: string, depth = 0): void {
    this.octet(value.t.charCodeAt(0));
    switch (value.t) {
      case "S":
      case "x":
        this.longString(value.v, field);
        break;
      case "t":
        this.octet(value.v ? 1 : 0);
        break;
      case "b":
      case "B":
        this.octet(inRange(value.t, value.v, field));
        break;
      case "s":
      case "u":
        this.short(inRange(value.t, value.v, field));
        break;
      case "I":
      case "i":
        this.long(inRange(value.t, value.v, field) >>> 0);
        break;
      case "l":
        this.#signedLonglong(value.v, field);
        break;
      case "T":
        this.longlong(value.v, field);
        break;
      case "f": {
        const at = this.#grow(4);
        this.#buffer.writeFloatBE(value.v, at);
        break;
      }
      case "d": {
        const at = this.#grow(8);
        this.#buffer.writeDoubleBE(value.v, at);
        break;
      }
      case "D":
        this.octet(inRange("B", value.v.scale, field));
        this.long(inRange("i", value.v.unscaled, field));
        break;
      case "F":
        this.table(value.v, field, depth);
        break;
      case "A": {
        const at = this.#openNested(field, depth);
        for (let i = 0; i < value.v.length; i++) {
          this.fieldValue(value.v[i] as FieldValue, `${field}[${i}]`, depth + 1);
        }
        this.patchLong(at, this.length - at - 4);
        break;
      }
      case "V":
        break;
    }
  }

  #signedLonglong(value: number | bigint, field: string): void {
    const exact = exactInteger(value);
    if (exact === undefined || exact < minSigned || exact > maxSigned) {
      throw new InvalidPropertyError(field, "must be an integer from -2^63 to 2^63 - 1");
    }
    const at = this.#grow(8);
    this.#buffer.writeBigInt64BE(exact, at);
  }

  #openNested(field: string, depth: number): number {
    if (depth >= maxNesting) throw new InvalidPropertyError(field, `is nested deeper than ${maxNesting}`);
    const at = this.length;
    this.long(0);
    return at;
  }

  /** Makes room for `bytes` more, and returns where they go. */
  #grow(bytes: number): number {
    const at = this.#end;
    if (at + bytes <= this.#buffer.length) {
      this.#end = at + bytes;
      return at;
    }
    const written = this.length;
    const larger = this.#room(Math.max(this.#initialSize, written === 0 ? bytes : (written + bytes) * 2));
    this.#buffer.copy(larger, 0, this.#start, at);
    this.#memory?.spend(this.#buffer);
    this.#buffer = larger;
    this.#start = 0;
    this.#end = written + bytes;
    return written;
  }

  #room(size: number): Buffer {
    return (size === this.#initialSize ? this.#memory?.take() : undefined) ?? Buffer.allocUnsafeSlow(size);
  }
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}

function mustEncode(text: string, field: string): Buffer {
  const bytes = bytesFromText(text);
  if (bytes === undefined) throw new InvalidPropertyError(field, "holds half of a surrogate pair, which is not text");
  return bytes;
}

function inRange(type: keyof typeof integerRanges, value: number, field: string): number {
  const [least, most] = integerRanges[type];
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new InvalidPropertyError(field, `must be an integer from ${least} to ${most}`);
  }
  return value;
}

function exactInteger(value: number | bigint): bigint | undefined {
  if (typeof value === "bigint") return value;
  return Number.isSafeInteger(value) ? BigInt(value) : undefined;
}
