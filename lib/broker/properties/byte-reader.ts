import { isUtf8 } from "node:buffer";
import { MalformedPropertiesError } from "@/lib/broker/properties/errors";
import { emptyTable, type FieldTable, type FieldValue, maxNesting } from "@/lib/broker/properties/field-value";
import { textFromBytes } from "@/lib/broker/properties/text";

/**
 * Reads AMQP's elementary types off a buffer, one after the other. It never reads outside [start, end): whatever would
 * throws MalformedPropertiesError. Byte values are views of the buffer, not copies.
 */
export class ByteReader {
  readonly buffer: Buffer;
  readonly end: number;
  position: number;

  constructor(buffer: Buffer, start = 0, end = buffer.length) {
    this.buffer = buffer;
    this.position = start;
    this.end = end;
  }

  /** Bytes not read yet. */
  get remaining(): number {
    return this.end - this.position;
  }

  octet(): number {
    return this.buffer.readUInt8(this.#advance(1));
  }

  short(): number {
    return this.buffer.readUInt16BE(this.#advance(2));
  }

  long(): number {
    return this.buffer.readUInt32BE(this.#advance(4));
  }

  /** Unsigned 64-bit integer; a number where a number is exact. */
  longlong(): number | bigint {
    const at = this.#advance(8);
    const high = this.buffer.readUInt32BE(at);
    return high < 0x200000 ? high * 0x100000000 + this.buffer.readUInt32BE(at + 4) : this.buffer.readBigUInt64BE(at);
  }

  /** At most 255 bytes of text. */
  shortString(): string {
    const length = this.octet();
    if (length === 0) return "";
    const at = this.#advance(length);
    return textFromBytes(this.buffer.subarray(at, at + length));
  }

  /** Long string as bytes. */
  longBytes(): Buffer {
    const length = this.long();
    const at = this.#advance(length);
    return this.buffer.subarray(at, at + length);
  }

  /** Field table with its length in front. `depth` is how many tables and lists it lies in. */
  table(depth = 0): FieldTable {
    const end = this.#nestedEnd(depth);
    if (end === this.position) return emptyTable;
    const table = new Map<string, FieldValue>();
    while (this.position < end) {
      const name = this.shortString();
      const value = this.fieldValue(depth + 1);
      if (!table.has(name)) table.set(name, value);
    }
    this.#mustEndAt(end);
    return table;
  }

  /** One tagged value. `depth` is how many tables and lists it lies in. */
  fieldValue(depth = 0): FieldValue {
    const tag = this.octet();
    switch (tag) {
      case 0x53: {
        const bytes = this.longBytes();
        return { t: "S", v: isUtf8(bytes) ? bytes.toString("utf8") : bytes };
      }
      case 0x49:
        return { t: "I", v: this.buffer.readInt32BE(this.#advance(4)) };
      case 0x6c:
        return { t: "l", v: this.#signedLonglong() };
      case 0x74:
        return { t: "t", v: this.octet() !== 0 };
      case 0x46:
        return { t: "F", v: this.table(depth) };
      case 0x41:
        return { t: "A", v: this.#list(depth) };
      case 0x54:
        return { t: "T", v: this.longlong() };
      case 0x56:
        return { t: "V" };
      case 0x62:
        return { t: "b", v: this.buffer.readInt8(this.#advance(1)) };
      case 0x42:
        return { t: "B", v: this.octet() };
      case 0x73:
        return { t: "s", v: this.buffer.readInt16BE(this.#advance(2)) };
      case 0x75:
        return { t: "u", v: this.short() };
      case 0x69:
        return { t: "i", v: this.long() };
      case 0x66:
        return { t: "f", v: this.buffer.readFloatBE(this.#advance(4)) };
      case 0x64:
        return { t: "d", v: this.buffer.readDoubleBE(this.#advance(8)) };
      case 0x44:
        return { t: "D", v: { scale: this.octet(), unscaled: this.long() } };
      case 0x78:
        return { t: "x", v: this.longBytes() };
      default:
        throw new MalformedPropertiesError(`unknown field type 0x${tag.toString(16).padStart(2, "0")}`);
    }
  }

  #list(depth: number): FieldValue[] {
    const end = this.#nestedEnd(depth);
    const list: FieldValue[] = [];
    while (this.position < end) list.push(this.fieldValue(depth + 1));
    this.#mustEndAt(end);
    return list;
  }

  #signedLonglong(): number | bigint {
    const at = this.#advance(8);
    const high = this.buffer.readInt32BE(at);
    if (high >= -0x200000 && high < 0x200000) {
      const value = high * 0x100000000 + this.buffer.readUInt32BE(at + 4);
      if (value > -0x20000000000000) return value;
    }
    return this.buffer.readBigInt64BE(at);
  }

  #nestedEnd(depth: number): number {
    if (depth >= maxNesting) throw new MalformedPropertiesError(`tables nested deeper than ${maxNesting}`);
    const length = this.long();
    const start = this.#advance(length);
    this.position = start;
    return start + length;
  }

  #mustEndAt(end: number): void {
    if (this.position !== end) throw new MalformedPropertiesError("a value runs past the end of its table or list");
  }

  #advance(bytes: number): number {
    const at = this.position;
    if (at + bytes > this.end) {
      throw new MalformedPropertiesError(`${bytes} bytes expected, ${this.end - at} left`);
    }
    this.position = at + bytes;
    return at;
  }
}
