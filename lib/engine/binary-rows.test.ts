import { EventEmitter } from "node:events";
import fc from "fast-check";
import { expect, test } from "vitest";
import { BinaryClient } from "@/lib/engine/binary-rows";

type Value = string | Buffer | null;

/** A result as the server would send it, and what is to come of it. */
interface Result {
  readonly isBinary: boolean;
  /** A text and a `bytea` each. */
  readonly rows: readonly (readonly [string, Uint8Array | null])[];
}

const value: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc.uint8Array({ maxLength: 20 }),
  fc.integer({ min: 4000, max: 9000 }).map((size) => new Uint8Array(size).fill(size)),
);
const result: fc.Arbitrary<Result> = fc.record({
  isBinary: fc.boolean(),
  rows: fc.array(fc.tuple(fc.string({ unit: "grapheme", maxLength: 10 }), fc.option(value, { nil: null })), {
    maxLength: 5,
  }),
});

test("rows come whole and in order, as bytes where asked for, wherever the network cuts them", () => {
  fc.assert(
    fc.property(fc.array(result, { maxLength: 4 }), fc.array(fc.nat(), { maxLength: 20 }), (results, cuts) => {
      const bytes = Buffer.concat(results.flatMap(sent));
      expect(received(bytes, cuts)).toEqual(
        results.flatMap(({ isBinary, rows }) => [
          "rowDescription",
          ...rows.map(([text, value]) => [text, isBinary || value === null ? toBuffer(value) : hex(value)]),
          "commandComplete",
          "readyForQuery",
        ]),
      );
    }),
    { numRuns: 100 },
  );
});

/** What pg's connection emits for these bytes. */
function received(bytes: Buffer, cuts: readonly number[]): (string | Value[])[] {
  const { connection } = new BinaryClient() as unknown as {
    connection: EventEmitter & { attachListeners(stream: EventEmitter): void };
  };
  const seen: (string | Value[])[] = [];
  for (const name of ["rowDescription", "commandComplete", "readyForQuery"]) connection.on(name, () => seen.push(name));
  connection.on("dataRow", ({ fields }: { fields: Value[] }) => seen.push(fields));
  const stream = new EventEmitter();
  connection.attachListeners(stream);
  const ends = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  let at = 0;
  for (const end of ends) {
    if (end > at) stream.emit("data", Buffer.from(bytes.subarray(at, end)));
    at = end;
  }
  return seen;
}

function sent({ isBinary, rows }: Result): Buffer[] {
  const columns = [column("a", 25, 0), column("b", 17, isBinary ? 1 : 0)];
  return [
    message("T", Buffer.concat([int16(columns.length), ...columns])),
    ...rows.map(([text, value]) => {
      const second = value === null || isBinary ? toBuffer(value) : Buffer.from(hex(value));
      return message("D", Buffer.concat([int16(2), field(Buffer.from(text)), field(second)]));
    }),
    message("C", Buffer.from("SELECT 1\0")),
    message("Z", Buffer.from("I")),
  ];
}

function message(type: string, payload: Buffer): Buffer {
  return Buffer.concat([Buffer.from(type), int32(payload.length + 4), payload]);
}

function column(name: string, type: number, format: number): Buffer {
  return Buffer.concat([
    Buffer.from(`${name}\0`),
    int32(0),
    int16(0),
    int32(type),
    int16(-1),
    int32(-1),
    int16(format),
  ]);
}

function field(value: Buffer | null): Buffer {
  return value === null ? int32(-1) : Buffer.concat([int32(value.length), value]);
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function toBuffer(value: Uint8Array | null): Buffer | null {
  return value === null ? null : Buffer.from(value);
}

function hex(value: Uint8Array): string {
  return `\\x${Buffer.from(value).toString("hex")}`;
}
