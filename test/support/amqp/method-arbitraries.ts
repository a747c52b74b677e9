import fc from "fast-check";
import { type ArgumentType, type Method, type MethodDefinition, methods } from "@/lib/amqp/wire/methods";
import { fieldTables } from "@/test/support/amqp/arbitraries";

const values: Record<ArgumentType, fc.Arbitrary<unknown>> = {
  bit: fc.boolean(),
  octet: fc.nat(0xff),
  short: fc.nat(0xffff),
  long: fc.integer({ min: 0, max: 0xffffffff }),
  longlong: fc
    .bigInt({ min: 0n, max: 2n ** 64n - 1n })
    .map((value) => (Number.isSafeInteger(Number(value)) ? Number(value) : value)),
  shortstr: fc.string({ unit: "binary", maxLength: 60 }),
  longstr: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  table: fieldTables,
};

/** Any method with any arguments. */
export const anyMethod: fc.Arbitrary<Method> = fc.oneof(
  ...Object.entries<MethodDefinition>(methods).map(([name, definition]) =>
    fc
      .record(
        Object.fromEntries(
          definition.arguments.flatMap(([argument, type]) => (argument === null ? [] : [[argument, values[type]]])),
        ),
      )
      .map((args) => ({ name, args }) as unknown as Method),
  ),
);
