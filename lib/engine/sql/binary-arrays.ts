/**
 * Arrays in Postgres' binary format, for parameters of the hot path. As text, each element would be escaped and parsed
 * again. `pg` sends a Buffer as a binary parameter, and Postgres checks the element type against the cast.
 * Layout: dimensions, has-nulls flag, element type, length, lower bound, then each element with its length in front
 * (array_recv in src/backend/utils/adt/arrayfuncs.c).
 */
const oid = { int2: 21, int4: 23, int8: 20, text: 25 } as const;

const headerBytes = 20;

/** A `smallint[]` as Postgres reads it in binary. */
export function int2Array(values: readonly number[]): Buffer {
  return fixedWidth(oid.int2, 2, values, (buffer, value, at) => buffer.writeInt16BE(value, at));
}

/** An `integer[]` as Postgres reads it in binary. */
export function int4Array(values: readonly number[]): Buffer {
  return fixedWidth(oid.int4, 4, values, (buffer, value, at) => buffer.writeInt32BE(value, at));
}

/** Values must be safe integers. */
export function int8Array(values: readonly number[]): Buffer {
  return fixedWidth(oid.int8, 8, values, (buffer, value, at) => {
    const high = Math.floor(value / 0x1_0000_0000);
    buffer.writeInt32BE(high, at);
    buffer.writeUInt32BE(value - high * 0x1_0000_0000, at + 4);
  });
}

/** Texts must be well-formed and without NUL; null is allowed. */
export function textArray(values: readonly (string | null)[]): Buffer {
  let size = headerBytes;
  for (const value of values) size += 4 + (value === null ? 0 : Buffer.byteLength(value));
  const buffer = Buffer.allocUnsafe(size);
  let at = writeHeader(buffer, oid.text, values.length);
  for (const value of values) {
    if (value === null) {
      at = buffer.writeInt32BE(-1, at);
      continue;
    }
    const length = buffer.write(value, at + 4);
    buffer.writeInt32BE(length, at);
    at += 4 + length;
  }
  return values.length === 0 ? empty(oid.text) : buffer;
}

function fixedWidth(
  elementType: number,
  width: number,
  values: readonly number[],
  write: (buffer: Buffer, value: number, at: number) => void,
): Buffer {
  if (values.length === 0) return empty(elementType);
  const buffer = Buffer.allocUnsafe(headerBytes + values.length * (4 + width));
  let at = writeHeader(buffer, elementType, values.length);
  for (const value of values) {
    at = buffer.writeInt32BE(width, at);
    write(buffer, value, at);
    at += width;
  }
  return buffer;
}

function writeHeader(buffer: Buffer, elementType: number, length: number): number {
  let at = buffer.writeInt32BE(1, 0);
  // Says only that there may be nulls; without it Postgres would refuse them.
  at = buffer.writeInt32BE(elementType === oid.text ? 1 : 0, at);
  at = buffer.writeInt32BE(elementType, at);
  at = buffer.writeInt32BE(length, at);
  return buffer.writeInt32BE(1, at);
}

function empty(elementType: number): Buffer {
  const buffer = Buffer.alloc(12);
  buffer.writeInt32BE(elementType, 8);
  return buffer;
}
