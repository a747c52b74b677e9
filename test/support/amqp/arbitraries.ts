import fc from "fast-check";
import type { FieldTable, FieldValue } from "@/lib/broker/properties/field-value";
import type { MessageProperties } from "@/lib/broker/properties/properties";

const bytes = fc.uint8Array({ maxLength: 20 });
/** Any text that UTF-8 can carry, NUL and the like included. */
const text = fc.string({ unit: "binary", maxLength: 20 });
const signed64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(shortest);
const unsigned64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(shortest);

/** The form that the decoder gives: a number where a number is exact. */
function shortest(value: bigint): number | bigint {
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

const recursive = fc.letrec<{ value: FieldValue; table: FieldTable }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    text.map((v): FieldValue => ({ t: "S", v })),
    fc.constantFrom(Buffer.of(0xff), Buffer.of(0xed, 0xa0, 0x80)).map((v): FieldValue => ({ t: "S", v })),
    bytes.map((v): FieldValue => ({ t: "x", v: Buffer.from(v) })),
    fc.boolean().map((v): FieldValue => ({ t: "t", v })),
    fc.integer({ min: -0x80, max: 0x7f }).map((v): FieldValue => ({ t: "b", v })),
    fc.nat(0xff).map((v): FieldValue => ({ t: "B", v })),
    fc.integer({ min: -0x8000, max: 0x7fff }).map((v): FieldValue => ({ t: "s", v })),
    fc.nat(0xffff).map((v): FieldValue => ({ t: "u", v })),
    fc.integer({ min: -0x80000000, max: 0x7fffffff }).map((v): FieldValue => ({ t: "I", v })),
    fc.integer({ min: 0, max: 0xffffffff }).map((v): FieldValue => ({ t: "i", v })),
    signed64.map((v): FieldValue => ({ t: "l", v })),
    unsigned64.map((v): FieldValue => ({ t: "T", v })),
    fc.float().map((v): FieldValue => ({ t: "f", v })),
    fc.double().map((v): FieldValue => ({ t: "d", v })),
    fc
      .record({ scale: fc.nat(0xff), unscaled: fc.integer({ min: 0, max: 0xffffffff }) })
      .map((v): FieldValue => ({ t: "D", v })),
    fc.constant<FieldValue>({ t: "V" }),
    tie("table").map((v): FieldValue => ({ t: "F", v })),
    fc.array(tie("value"), { maxLength: 4 }).map((v): FieldValue => ({ t: "A", v })),
  ),
  table: fc
    .array(fc.tuple(fc.oneof(text, fc.constantFrom("!base64", "__proto__", "x-death", "\udcff")), tie("value")), {
      maxLength: 4,
    })
    .map((entries) => new Map(entries)),
}));

export const fieldValues: fc.Arbitrary<FieldValue> = recursive.value;
export const fieldTables: fc.Arbitrary<FieldTable> = recursive.table;

export const messageProperties: fc.Arbitrary<MessageProperties> = fc.record(
  {
    contentType: text,
    contentEncoding: text,
    headers: fieldTables,
    deliveryMode: fc.nat(255),
    priority: fc.nat(255),
    correlationId: text,
    replyTo: text,
    expiration: text,
    messageId: text,
    timestamp: unsigned64,
    type: text,
    userId: text,
    appId: text,
    clusterId: text,
  },
  { requiredKeys: [] },
);
